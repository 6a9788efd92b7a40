import Net
import Postgres
import TestSupport
import Testing

/// Connections and servers that go away at the wrong moment.
@Suite struct FailureTests {
    static let backend: SQL = "SELECT pg_backend_pid()"

    static func terminate(_ backend: Int, _ world: World) async throws {
        // Waits until the backend is gone.
        let done: Bool = try await world.administration.batch(.anyone) {
            $0.one("SELECT pg_terminate_backend(\(Int32(backend)), 10000)")
        }
        #expect(done)
    }

    @Test("A backend killed while it is idle is not noticed by the next caller")
    func killedWhileIdle() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let first: Int = try await world.connections.batch(.anyone) { $0.one(Self.backend) }
            try await Self.terminate(first, world)
            let second: Int = try await world.connections.batch(.anyone) { $0.one(Self.backend) }
            #expect(first != second)
        }
    }

    @Test("A backend killed between two statements loses the transaction, which says so and leaves nothing")
    func killedInTransaction() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    tx.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    let backend: Int = try await tx.one(Self.backend)
                    try await Self.terminate(backend, world)
                    try await tx.execute("INSERT INTO counter VALUES ('b', 1)")
                }
            }
            #expect(error?.kind == .connectionLost)
            let rows: Int = try await world.connections.batch(.anyone) { $0.one("SELECT count(*) FROM counter") }
            #expect(rows == 0)
        }
    }

    @Test("A backend killed within a batch: its own words make sure that nothing was committed")
    func killedInBatch() async throws {
        try await World.with({
            $0.connectionsPerLoop = 1; $0.batchesPerConnection = 4
        }) { world in
            let connections = world.connections
            let backend: Int = try await connections.batch(.anyone) { $0.one(Self.backend) }
            async let first = postgresError {
                try await connections.batch(.anyone) { batch in
                    batch.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    batch.enqueue("SELECT pg_sleep(60)")
                }
            }
            async let second = postgresError {
                try await connections.batch(.anyone) { $0.enqueue("INSERT INTO counter VALUES ('b', 1)") }
            }
            let sleeps = try await eventually {
                try await world.administration.batch(.anyone) {
                    $0.one("SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = \(Int32(backend))", as: Bool?.self)
                } == true
            }
            #expect(sleeps)
            try await Self.terminate(backend, world)
            let firstFate = await first
            #expect(firstFate?.kind == .connectionLost)
            // The second one stood behind the first or came later and found a new connection.
            let fate = await second
            let names: [String] = try await connections.batch(.anyone) { $0.all("SELECT name FROM counter") }
            #expect(names == (fate == nil ? ["b"] : []))
            #expect(fate == nil || fate?.kind == .connectionLost)
        }
    }

    @Test("A server that hangs past a deadline is left: its caller is told that the outcome is unknown, the next one gets another backend")
    func hangs() async throws {
        try await World.with({ $0.connectionsPerLoop = 1 }) { world in
            // Also opens the connection, which may take longer than the deadline below.
            let backend: Int = try await world.connections.batch(.anyone) { $0.one(Self.backend) }
            try world.database.cluster.freeze(backend: Int32(backend), true)
            let error = await postgresError {
                try await world.connections.batch(.of(nil, within: .seconds(4))) { $0.enqueue("SELECT 1") }
            }
            try world.database.cluster.freeze(backend: Int32(backend), false)
            #expect(error?.kind == .commitUnknown)
            let next: Int = try await world.connections.batch(.anyone) { $0.one(Self.backend) }
            #expect(next != backend)
        }
    }

    @Test("A server that stops and starts again: calls fail fast meanwhile and then work")
    func restart() async throws {
        let cluster = try await TestCluster.start()
        try await World.with(cluster: cluster, { $0.longestWait = .seconds(600) }) { world in
            let connections = world.connections
            let patient = Scope.of(nil, within: .seconds(600))
            try await connections.check(.anyone)
            try await cluster.stop()
            let before = MonotonicTime.now()
            for _ in 0..<5 {
                let error = await postgresError { try await connections.check(patient) }
                #expect(error?.kind == .unavailable)
            }
            // None waited as long as it might have.
            #expect(MonotonicTime.now() - before < .seconds(300))
            try await cluster.restart()
            let heals = await eventually {
                await postgresError { try await connections.check(.anyone) } == nil
            }
            #expect(heals)
        }
        try await cluster.stop()
    }

    @Test("A backend that crashes under a batch leaves its outcome unknown, and that is what the caller is told")
    func crash() async throws {
        let cluster = try await TestCluster.start()
        try await World.with(cluster: cluster) { world in
            let connections = world.connections
            let backend: Int = try await connections.batch(.anyone) { $0.one(Self.backend) }
            async let outcome = postgresError {
                try await connections.batch(.anyone) { batch in
                    batch.enqueue("INSERT INTO counter VALUES ('a', 1)")
                    batch.enqueue("SELECT pg_sleep(60)")
                }
            }
            let sleeps = try await eventually {
                try await world.administration.batch(.anyone) {
                    $0.one("SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = \(Int32(backend))", as: Bool?.self)
                } == true
            }
            #expect(sleeps)
            try cluster.kill(backend: Int32(backend))
            let error = await outcome
            #expect(error?.kind == .commitUnknown)
            #expect(error?.isRetryable == false)
            let heals = await eventually { await postgresError { try await connections.check(.anyone) } == nil }
            #expect(heals)
        }
        try await cluster.stop()
    }

    @Test("A backend that crashes within a transaction that has not committed leaves no doubt")
    func crashInTransaction() async throws {
        let cluster = try await TestCluster.start()
        try await World.with(cluster: cluster) { world in
            let error = await postgresError {
                try await world.connections.transaction(.anyone) { tx in
                    let backend: Int = try await tx.one(Self.backend)
                    try cluster.kill(backend: Int32(backend))
                    try await tx.execute("SELECT pg_sleep(60)")
                }
            }
            #expect(error?.kind == .connectionLost)
        }
        try await cluster.stop()
    }
}
