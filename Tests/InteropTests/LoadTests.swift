import TestSupport
import Testing

/// h2load, from one stream to 10 connections × 100 streams: the benchmark's own script, with few calls and this build.
@Suite("h2load", .timeLimit(.minutes(10)))
struct LoadTests {
    @Test("has every call answered, and nghttpd beside it", arguments: ["cleartext", "mutual-tls"])
    func echo(_ security: String) async throws {
        let (ending, output) = try await Program.run(
            ["\(BuiltProgram.package)/Benchmarks/echo.sh", security],
            environment: ["ROUNDS": "3", "CALLS": "2000", "SERVER": try BuiltProgram.path("switchbench")])
        #expect(ending == .exited(0), "\(output)")
        let rows = output.split(separator: "\n").filter { $0.hasPrefix("| \(security), ") }
        #expect(rows.count == 3, "\(output)")
        for row in rows {
            let cells = row.split(separator: "|").map { $0.drop { $0 == " " } }
            let figures = cells.dropFirst().prefix(3).compactMap { Double($0.split(separator: " ")[0]) }
            #expect(figures.count == 3 && figures.allSatisfy { $0 > 0 }, "\(row)")
        }
    }
}
