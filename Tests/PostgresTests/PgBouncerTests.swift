import Net
import TestSupport
import Testing

@testable import Postgres

/// Everything through a real PgBouncer in transaction mode, where a session lasts for one transaction only.
@Suite struct PgBouncerTests {
    /// Callers share two backends through many connections.
    static func with(_ body: (World) async throws -> Void) async throws {
        let cluster = try await TestCluster.shared()
        let bouncer = try TestPgBouncer.start(before: cluster, backends: 2)
        defer { bouncer.stop() }
        try await World.with({ _ in }) { world in
            let configuration = { () -> Database.Configuration in
                var configuration = bouncer.configuration(world.database)
                configuration.connectionsPerLoop = 4
                configuration.longestWait = .seconds(300)
                configuration.connectTimeout = .seconds(300)
                return configuration
            }()
            let connections = Database(configuration, loops: world.loops.loops)
            // It takes connections some time after it was started.
            let isUp = await eventually { await postgresError { try await connections.check(.anyone) } == nil }
            #expect(isUp)
            let outcome: (any Error)?
            do {
                try await body(
                    World(database: world.database, connections: connections, administration: world.administration, loops: world.loops))
                outcome = nil
            } catch {
                outcome = error
            }
            await connections.shutdown()
            if let outcome { throw outcome }
        }
    }

    @Test("R8 · Through PgBouncer, batches and transactions see their own tenant only, and nothing is left on a backend")
    func tenants() async throws {
        try await Self.with { world in
            let connections = world.connections
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let tenant = number % 5 == 0 ? nil : "tenant-\(number)"
                        if number % 3 == 0 {
                            let seen: String? = try await connections.transaction(.of(tenant)) { tx in
                                let first: String? = try await tx.one("SELECT current_tenant()")
                                let second: String? = try await tx.one("SELECT current_tenant()")
                                #expect(first == second)
                                return first
                            }
                            #expect(seen == tenant)
                        } else {
                            let seen: String? = try await connections.batch(.of(tenant)) { $0.one("SELECT current_tenant()") }
                            #expect(seen == tenant)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let (prepared, timeout): (Int, String) = try await connections.batch(.anyone) {
                (
                    $0.one("SELECT count(*) FROM pg_prepared_statements"),
                    $0.one("SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'")
                )
            }
            #expect(prepared == 0)
            #expect(timeout == "0")
            let backends: Int = try await world.administration.batch(.anyone) { batch in
                batch.one(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = \(Administrator.applicationRole)"
                )
            }
            #expect(backends <= 2)
        }
    }

    @Test("Through PgBouncer, an error fails its batch only, and a transaction rolls back")
    func errors() async throws {
        try await Self.with { world in
            let connections = world.connections
            for round in 0..<20 {
                async let good: Int = connections.batch(.anyone) { $0.one("SELECT \(round)") }
                let error = await postgresError {
                    try await connections.batch(.anyone) { batch in
                        batch.enqueue("INSERT INTO counter VALUES ('a', 1)")
                        batch.enqueue("SELECT 1 / 0")
                    }
                }
                #expect(error?.sqlstate == "22012")
                let same = try await good
                #expect(same == round)
            }
            await #expect(throws: TransactionTests.Refused()) {
                try await connections.transaction(.anyone) { tx in
                    try await tx.execute("INSERT INTO counter VALUES ('b', 1)")
                    throw TransactionTests.Refused()
                }
            }
            let rows = try await TransactionTests.count(world)
            #expect(rows == 0)
        }
    }

    @Test("Beside PgBouncer, what belongs to a session goes to PostgreSQL itself: LISTEN and migrations")
    func direct() async throws {
        try await Self.with { world in
            var events = world.connections.notifications(on: ["a"]).makeAsyncIterator()
            let begins = await events.next()
            #expect(begins == .mayHaveMissed)
            try await world.connections.batch(.anyone) { $0.enqueue(.notify("a", payload: "through")) }
            let heard = await events.next()
            #expect(heard == .notified("a", payload: "through"))
            let missing = try await Migrator(world.connections.configuration, migrations: World.migrations).pending()
            #expect(missing.isEmpty)
        }
    }

    @Test("R12 · Through PgBouncer, a cancelled task's statement ends, and the next borrower's is not hit")
    func cancels() async throws {
        try await Self.with { world in
            let connections = world.connections
            for _ in 0..<10 {
                let task = Task { try await connections.transaction(.anyone) { tx in _ = try await tx.execute("SELECT pg_sleep(100000)") } }
                let sleeps = try await CancellationTests.runs("pg_sleep(100000)", world)
                #expect(sleeps)
                task.cancel()
                let error = await postgresError { try await task.value }
                #expect(error?.kind == .cancelled)
                let seven: Int = try await connections.transaction(.anyone) { tx in try await tx.one("SELECT 7 FROM pg_sleep(0.001)") }
                #expect(seven == 7)
            }
        }
    }
}
