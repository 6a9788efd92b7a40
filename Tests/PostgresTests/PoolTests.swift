import Net
@testable import Postgres
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

    @Test("E8 · A thousand callers on sixteen connections are all served, by no more connections")
    func manyCallers() async throws {
        try await World.with(
            loops: 2,
            {
                $0.connectionsPerLoop = 8
                $0.waitersPerLoop = 1000
            }
        ) { world in
            let connections = world.connections
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let tenant = "tenant-\(number % 7)"
                        if number % 4 == 0 {
                            return try await connections.transaction(.of(tenant)) { tx in
                                let seen: String = try await tx.one("SELECT current_tenant()")
                                #expect(seen == tenant)
                                // A batch within a transaction is what makes pools without a free connection hang.
                                let inner: String = try await connections.batch(.of(tenant)) { $0.one("SELECT current_tenant()") }
                                #expect(inner == tenant)
                                return 1
                            }
                        }
                        let seen: String = try await connections.batch(.of(tenant)) { $0.one("SELECT current_tenant()") }
                        #expect(seen == tenant)
                        return 1
                    }
                }
                let served = try await group.reduce(0, +)
                #expect(served == 1000)
            }
            let statistics = await connections.statistics()
            #expect(statistics.granted == 1250)
            #expect(statistics.open <= 16 && statistics.connects <= 16)
            #expect(statistics.waiting == 0 && statistics.held == 0 && statistics.refused == 0)
            #expect(statistics.idle == statistics.open)
            #expect(statistics.waits.quantile(0.5) <= statistics.waits.quantile(0.99))
        }
    }

    @Test("A health check finds a connection when transactions hold all of them")
    func check() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            try await connections.transaction(.anyone) { tx in
                try await tx.execute("SELECT 1")
                try await connections.check(.anyone)
                let statistics = await connections.statistics()
                #expect(statistics.open == 2 && statistics.held == 1)
            }
        }
    }

    @Test("Connections that are kept in any case are there before the first caller")
    func leastConnections() async throws {
        try await World.with({ $0.leastConnectionsPerLoop = 3 }) { world in
            let areOpen = await eventually { await world.connections.statistics().open == 3 }
            #expect(areOpen)
        }
    }

    @Test("E32 · A database that takes no writes any more: all connections are replaced, so that the next call finds the one that does")
    func failover() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let connections = world.connections
            let before: Int = try await connections.batch(.anyone) { $0.one("SELECT pg_backend_pid()") }
            let asked = await postgresError {
                try await connections.transaction(.anyone, access: .readOnly) { $0.enqueue("INSERT INTO counter VALUES ('a', 1)") }
            }
            #expect(asked?.kind == .readOnly)
            let same: Int = try await connections.batch(.anyone) { $0.one("SELECT pg_backend_pid()") }
            #expect(same == before)
            let error = await postgresError {
                try await connections.batch(.anyone) { batch in
                    batch.enqueue("SET TRANSACTION READ ONLY")
                    batch.enqueue("INSERT INTO counter VALUES ('a', 1)")
                }
            }
            #expect(error?.kind == .readOnly)
            let after: Int = try await connections.batch(.anyone) { $0.one("SELECT pg_backend_pid()") }
            #expect(after != before)
        }
    }

    @Test("A refusal says when to come back")
    func retryAfter() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1
            $0.waitersPerLoop = 0
        }) { world in
            let connections = world.connections
            try await connections.check(.anyone)
            try await connections.transaction(.anyone) { tx in
                try await tx.execute("SELECT 1")
                let error = await postgresError { try await connections.batch(.anyone) { $0.enqueue("SELECT 1") } }
                #expect(error?.kind == .saturated)
                #expect(error?.retryAfter == Limits.retryAfterLeast)
            }
        }
    }

    @Test("Servers that take connections and never answer starve nobody: other databases connect meanwhile")
    func silentServers() async throws {
        try await World.with { world in
            let silent = try SilentServer()
            let loops = try EventLoopGroup(count: 1)
            var hanging: [Database] = []
            // Many more than there are threads to connect with.
            for _ in 0..<20 {
                var configuration = Database.Configuration(connection: "host=127.0.0.1 port=\(silent.port) dbname=x user=x sslmode=disable")
                configuration.connectTimeout = .seconds(600)
                configuration.longestWait = .seconds(600)
                hanging.append(Database(configuration, loops: loops.loops))
            }
            let waiting = hanging.map { database in
                Task { await postgresError { try await database.check(.of(nil, within: .seconds(600))) } }
            }
            let allConnect = await eventually {
                var connecting = 0
                for database in hanging { connecting += await database.statistics().connecting }
                return connecting == hanging.count
            }
            #expect(allConnect)
            try await world.connections.check(.anyone)
            for task in waiting { task.cancel() }
            for task in waiting {
                let error = await task.value
                #expect(error?.kind == .cancelled)
            }
            // The other end goes, so that nothing is left to wait for.
            silent.close()
            for database in hanging { await database.shutdown() }
            loops.shutdown()
        }
    }

    @Test("Of several hosts one that never answers costs its share of the time, and the next one serves")
    func silentHost() async throws {
        let silent = try SilentServer()
        defer { silent.close() }
        let cluster = try await TestCluster.shared()
        try await World.with({ configuration in
            let parameters = ConnectionParameters(configuration.connection)
            configuration.connection = Database.Configuration.connectionString([
                "host": "127.0.0.1,\(parameters["host"] ?? "")", "port": "\(silent.port),5432", "dbname": parameters["dbname"] ?? "",
                "user": parameters["user"] ?? "", "sslmode": "disable",
            ])
            configuration.connectTimeout = .seconds(6)
        }) { world in
            _ = cluster
            let serves = await eventually { await postgresError { try await world.connections.check(.anyone) } == nil }
            #expect(serves)
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
                    try await tx.one(
                        """
                        SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database AND datname = current_database()
                        WHERE locktype = 'advisory' AND NOT granted
                        """, as: Int.self) == 1
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
