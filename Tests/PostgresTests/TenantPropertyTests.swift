import Net
import TestSupport
import Testing

@testable import Postgres

/// What borrowers of few connections leave behind, drawn from a seed.
@Suite struct TenantPropertyTests {
    /// What one borrower does before the next one comes.
    private enum Use: CaseIterable {
        case batch, failingBatch, transaction, failingTransaction, abandonedTransaction, cancelledTransaction, savepoint, snapshot,
            sessionSetting
    }

    private static func use(_ use: Use, _ connections: Database, _ tenant: String?) async throws {
        let seen: SQL = "SELECT current_setting('app.tenant', true)"
        let expected = tenant ?? ""
        switch use {
        case .batch:
            let seen: String = try await connections.batch(.of(tenant)) { $0.one(seen) }
            #expect(seen == expected)
        case .failingBatch:
            let error = await postgresError { try await connections.batch(.of(tenant)) { $0.enqueue("SELECT 1 / 0") } }
            #expect(error?.kind == .invalidValue)
        case .transaction:
            let both = try await connections.transaction(.of(tenant)) { tx in
                [try await tx.one(seen, as: String.self), try await tx.one(seen)]
            }
            #expect(both == [expected, expected])
        case .failingTransaction:
            let error = await postgresError {
                try await connections.transaction(.of(tenant)) { tx in
                    try await tx.execute(seen)
                    try await tx.execute("SELECT 1 / 0")
                }
            }
            #expect(error?.kind == .invalidValue)
        case .abandonedTransaction:
            await #expect(throws: TransactionTests.Refused()) {
                try await connections.transaction(.of(tenant)) { tx in
                    try await tx.execute(seen)
                    throw TransactionTests.Refused()
                }
            }
        case .cancelledTransaction:
            let task = Task { try await connections.transaction(.of(tenant)) { tx in _ = try await tx.execute("SELECT pg_sleep(0.002)") } }
            task.cancel()
            _ = await task.result
        case .savepoint:
            let after = try await connections.transaction(.of(tenant)) { tx in
                try? await tx.savepoint { tx in
                    try await tx.execute("SELECT set_config('app.tenant', 'forged', true)")
                    throw TransactionTests.Refused()
                }
                return try await tx.one(seen, as: String.self)
            }
            #expect(after == expected)
        case .snapshot:
            let error = await postgresError { try await connections.snapshot(.of(tenant), seen) { #expect($0 == [expected]) } }
            // Others may be reading theirs.
            #expect(error == nil || error?.kind == .saturated)
        case .sessionSetting:
            // A defect of a statement, which must not outlive its transaction for anybody else.
            try await connections.batch(.of(tenant)) { $0.enqueue("SELECT set_config('app.tenant', 'forged', false)") }
        }
    }

    @Test("R8 · Whatever a borrower did, the next one sees its own tenant, or none", arguments: [true, false])
    func next(prepared: Bool) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let courses = (0..<4).map { _ in
            (0..<60).map { _ in
                (
                    Use.allCases[Int(random.next() % UInt64(Use.allCases.count))],
                    random.next() % 3 == 0 ? nil : "tenant-\(random.next() % 5)"
                )
            }
        }
        try await World.with({
            $0.connectionsPerLoop = 3
            $0.prepared = prepared
        }) { world in
            let connections = world.connections
            try await withThrowingTaskGroup(of: Void.self) { group in
                for course in courses {
                    group.addTask {
                        for (use, tenant) in course {
                            try await Self.use(use, connections, tenant)
                            let (setting, current): (String, String?) = try await connections.batch(.of(nil)) { batch in
                                (batch.one("SELECT current_setting('app.tenant', true)"), batch.one("SELECT current_tenant()"))
                            }
                            #expect(setting == "" && current == nil, "after \(use) of \(tenant ?? "nobody") (seed \(seed))")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
