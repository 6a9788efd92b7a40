import Net
import Postgres
import TestSupport
import Testing

/// The pool with a real server; its rules are tested in PoolStateTests.
@Suite struct PoolTests {
    @Test("A caller who waits longer than the configuration allows is told so")
    func waitsTooLong() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1; $0.longestWait = .milliseconds(50)
        }) { world in
            let connections = world.connections
            // The first callers give up before the connection is open.
            let isOpen = await eventually { await postgresError { try await connections.check(.anyone) } == nil }
            #expect(isOpen)
            try await connections.transaction(.anyone) { tx in
                try await tx.execute("SELECT 1")
                let error = await postgresError { try await connections.batch(.anyone) { $0.enqueue("SELECT 1") } }
                #expect(error?.kind == .saturated)
            }
        }
    }

    @Test("A caller waits no longer than its deadline")
    func waitsUntilDeadline() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            try await connections.transaction(.anyone) { tx in
                try await tx.execute("SELECT 1")
                let error = await postgresError {
                    try await connections.batch(.of(nil, within: .milliseconds(50))) { $0.enqueue("SELECT 1") }
                }
                #expect(error?.kind == .deadlineExceeded)
            }
        }
    }

    @Test("When too many wait the next one is refused at once")
    func tooManyWaiters() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1; $0.waitersPerLoop = 1
        }) { world in
            let connections = world.connections
            try await connections.transaction(.anyone) { tx in
                try await tx.execute("SELECT 1")
                // Of two callers one fills the queue; the other is refused, and the first is let go by cancelling it.
                let kinds = try await withThrowingTaskGroup(of: PostgresError.Kind?.self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            await postgresError { try await connections.batch(.anyone) { $0.enqueue("SELECT 1") } }?.kind
                        }
                    }
                    var kinds = [try await group.next() ?? nil]
                    group.cancelAll()
                    kinds.append(try await group.next() ?? nil)
                    return kinds
                }
                #expect(kinds == [.saturated, .cancelled])
            }
        }
    }

    @Test("After shutdown a call is refused")
    func shutdown() async throws {
        try await World.with { world in
            try await world.connections.check(.anyone)
            await world.connections.shutdown()
            let error = await postgresError { try await world.connections.check(.anyone) }
            #expect(error?.kind == .closed)
            let left = try await eventually {
                let open: Int = try await world.administration.batch(.anyone) { batch in
                    batch.one(
                        """
                        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                        AND usename = \(Administrator.applicationRole)
                        """)
                }
                return open == 0
            }
            #expect(left)
        }
    }

    @Test("Shutdown waits for what runs")
    func shutdownWaits() async throws {
        try await World.with { world in
            let connections = world.connections
            let lock: SQL = "SELECT pg_advisory_xact_lock(1)"
            let (answer, shutdown) = try await world.administration.transaction(.anyone) { tx in
                try await tx.execute(lock)
                let answer = Task {
                    try await connections.batch(.anyone) { batch in
                        batch.enqueue(lock)
                        return batch.one("SELECT 7", as: Int.self)
                    }
                }
                let waits = try await eventually {
                    try await tx.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", as: Int.self) == 1
                }
                #expect(waits)
                let shutdown = Task { await connections.shutdown() }
                let refuses = await eventually { await postgresError { try await connections.check(.anyone) }?.kind == .closed }
                #expect(refuses)
                return (answer, shutdown)
            }
            let seven = try await answer.value
            #expect(seven == 7)
            await shutdown.value
        }
    }

    @Test("A connection is replaced when it has reached its age")
    func lifetime() async throws {
        try await World.with({ $0.connectionLifetime = .zero }) { world in
            let connections = world.connections
            let first: Int = try await connections.batch(.anyone) { $0.one("SELECT pg_backend_pid()") }
            let replaced = try await eventually {
                let backend: Int = try await connections.batch(.anyone) { $0.one("SELECT pg_backend_pid()") }
                return backend != first
            }
            #expect(replaced)
        }
    }

    @Test("Without a server calls fail fast as unavailable, and say why only in the report")
    func noServer() async throws {
        let loops = try EventLoopGroup(count: 1)
        defer { loops.shutdown() }
        let database = Database(Database.Configuration(connection: "host=/nonexistent dbname=x"), loops: loops.loops)
        for _ in 0..<3 {
            let error = await postgresError { try await database.check(.anyone) }
            #expect(error?.kind == .unavailable)
            #expect(error?.message == "The database is not available. Try again shortly.")
            #expect(error?.report?.contains("/nonexistent") == true)
        }
        await database.shutdown()
    }
}
