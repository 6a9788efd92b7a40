import Net
@testable import Postgres
import TestSupport
import Testing

/// Statements that are no longer wanted.
@Suite struct CancellationTests {
    /// Waits until the application's backend executes a statement that holds `text`.
    static func runs(_ text: String, _ world: World, _ expected: Bool = true) async throws -> Bool {
        try await eventually {
            let count: Int = try await world.administration.batch(.anyone) { batch in
                batch.one(
                    """
                    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
                    AND usename = \(Administrator.applicationRole) AND position(\(text) IN query) > 0
                    """)
            }
            return (count > 0) == expected
        }
    }

    @Test("R12 · Cancelling the task ends its transaction's statement in the server, and the connection is used again")
    func ends() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            let backend: Int = try await connections.batch(.anyone) { $0.one(FailureTests.backend) }
            let task = Task {
                try await connections.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    // No test waits this long.
                    try await tx.execute("SELECT pg_sleep(100000)")
                }
            }
            let sleeps = try await Self.runs("pg_sleep(100000)", world)
            #expect(sleeps)
            task.cancel()
            let error = await postgresError { try await task.value }
            #expect(error?.kind == .cancelled)
            let isOver = try await Self.runs("pg_sleep(100000)", world, false)
            #expect(isOver)
            let (next, rows): (Int, Int) = try await connections.batch(.anyone) {
                ($0.one(FailureTests.backend), $0.one("SELECT count(*) FROM counter"))
            }
            #expect(next == backend)
            #expect(rows == 0)
        }
    }

    @Test("R12 · A late cancel never hits the statement of the next borrower", arguments: [1, 2])
    func neverHitsNext(_ loops: Int) async throws {
        try await World.with(loops: loops, { $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            for round in 0..<150 {
                // The one is cancelled at any time: before, while and after its statement runs.
                let cancelled = Task {
                    try await connections.transaction(.anyone) { tx in
                        try await tx.execute("SELECT pg_sleep(\(Double(round % 5) * 0.0005))")
                        try await tx.execute("SELECT pg_sleep(\(Double(round % 3) * 0.0005))")
                    }
                }
                let next = Task {
                    try await connections.transaction(.anyone) { tx in try await tx.one("SELECT 7 FROM pg_sleep(0.001)", as: Int.self) }
                }
                if round % 4 > 0 { try await connections.check(.anyone) }
                cancelled.cancel()
                let seven = try await next.value
                #expect(seven == 7)
                if let error = await postgresError({ try await cancelled.value }) { #expect(error.kind == .cancelled) }
            }
        }
    }

    @Test("A cancelled task's batch on a shared connection runs to its end: a cancel could hit another caller's")
    func batchRunsOn() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            let task = try await world.administration.transaction(.anyone) { tx in
                try await tx.execute("SELECT pg_advisory_xact_lock(7)")
                let task = Task {
                    try await connections.batch(.anyone) { batch in
                        batch.enqueue("SELECT pg_advisory_xact_lock(7)")
                        batch.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    }
                }
                let waits = try await Self.runs("pg_advisory_xact_lock", world)
                #expect(waits)
                task.cancel()
                // Nothing ends it: it is there still when other statements have come and gone.
                let still = try await Self.runs("pg_advisory_xact_lock", world)
                #expect(still)
                return task
            }
            try await task.value
            let rows = try await TransactionTests.count(world)
            #expect(rows == 1)
        }
    }

    @Test("Who waits for a lock is told so while there is time left; who computes for too long is told otherwise")
    func lockTimeout() async throws {
        try await World.with { world in
            let connections = world.connections
            try await connections.check(.anyone)
            try await world.administration.transaction(.anyone) { tx in
                try await tx.execute("SELECT pg_advisory_xact_lock(8)")
                let locked = await postgresError {
                    try await connections.batch(.of(nil, within: .seconds(8))) { $0.enqueue("SELECT pg_advisory_xact_lock(8)") }
                }
                #expect(locked?.kind == .lockNotAvailable)
                #expect(locked?.sqlstate == "55P03")
                let slow = await postgresError {
                    try await connections.batch(.of(nil, within: .seconds(2))) { $0.enqueue("SELECT pg_sleep(60)") }
                }
                #expect(slow?.kind == .statementTimeout)
                #expect(slow?.sqlstate == "57014")
            }
        }
    }
}
