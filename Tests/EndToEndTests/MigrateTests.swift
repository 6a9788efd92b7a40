import Testing

/// `migrate` by several processes.
@Suite struct MigrateTests {
    @Test("E5 · eight processes migrate an empty database at once: each migration is applied by one of them, and all end well")
    func eightAtOnce() async throws {
        try await TemporaryFolder.with { folder in
            let config = try await Deployment(in: folder).config
            let outcomes = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for _ in 0..<8 { group.addTask { try await BuiltPrograms.switchboard("migrate", "--config", config) } }
                return try await group.reduce(into: [Outcome]()) { $0.append($1) }
            }
            for outcome in outcomes { #expect(outcome.exitCode == 0, "\(outcome)") }
            let applied = outcomes.flatMap { $0.output.split(separator: "\n").filter { $0.hasPrefix("Applied ") } }
            #expect(!applied.isEmpty)
            #expect(Set(applied).count == applied.count, "\(applied)")
            let after = try await BuiltPrograms.switchboard("migrate", "--config", config)
            #expect(after.exitCode == 0 && after.output.contains("Nothing to do"), "\(after)")
        }
    }
}
