import Net
import Postgres
import Synchronization
import TestSupport
import Testing

private final class Count: Sendable {
    let number = Atomic<Int>(0)
}

/// LISTEN with a real server.
@Suite struct NotificationTests {
    private static let listeners: SQL = """
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = \(Administrator.applicationRole)
        AND query LIKE '%LISTEN%'
        """

    @Test("What is committed on a channel is heard in order; what is rolled back, or is on another channel, is not")
    func hears() async throws {
        try await World.with { world in
            var events = world.connections.notifications(on: ["a", "b \"quoted\""]).makeAsyncIterator()
            let begins = await events.next()
            #expect(begins == .mayHaveMissed)
            try await world.administration.batch(.anyone) { batch in
                batch.enqueue(.notify("a", payload: "1"))
                batch.enqueue(.notify("c", payload: "2"))
                batch.enqueue(.notify("b \"quoted\"", payload: "3"))
            }
            let refused = await postgresError {
                try await world.administration.batch(.anyone) { batch in
                    batch.enqueue(.notify("a", payload: "4"))
                    batch.enqueue("SELECT 1 / 0")
                }
            }
            #expect(refused?.kind == .invalidValue)
            try await world.administration.batch(.anyone) { $0.enqueue(.notify("a")) }
            var heard: [Notification?] = []
            for _ in 0..<3 { heard.append(await events.next()) }
            #expect(heard == [.notified("a", payload: "1"), .notified("b \"quoted\"", payload: "3"), .notified("a", payload: "")])
        }
    }

    @Test("A backend that is terminated is replaced: mayHaveMissed comes, and notifications go on")
    func survives() async throws {
        try await World.with { world in
            var events = world.connections.notifications(on: ["a"]).makeAsyncIterator()
            for round in 0..<3 {
                let begins = await events.next()
                #expect(begins == .mayHaveMissed)
                try await world.administration.batch(.anyone) { $0.enqueue(.notify("a", payload: "\(round)")) }
                let heard = await events.next()
                #expect(heard == .notified("a", payload: "\(round)"))
                let backend: Int32 = try await world.administration.batch(.anyone) { $0.one(Self.listeners) }
                let isGone: Bool = try await world.administration.batch(.anyone) {
                    $0.one("SELECT pg_terminate_backend(\(backend), 60000)")
                }
                #expect(isGone)
            }
        }
    }

    @Test("Several consumers share one connection, which is closed when the last one leaves")
    func shares() async throws {
        try await World.with { world in
            let connections = world.connections
            let administration = world.administration
            func backends() async throws -> Int { try await administration.batch(.anyone) { $0.all(Self.listeners, as: Int32.self) }.count }
            let heard = Count()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        for await event in connections.notifications(on: number < 2 ? ["a"] : ["a", "b"]) where event != .mayHaveMissed {
                            break
                        }
                        heard.number.add(1, ordering: .relaxed)
                    }
                }
                // Whoever begins later hears a later one.
                let allHear = try await eventually {
                    try await administration.batch(.anyone) { $0.enqueue(.notify("a", payload: "now")) }
                    let backends = try await backends()
                    #expect(backends <= 1)
                    return heard.number.load(ordering: .relaxed) == 4
                }
                #expect(allHear)
            }
            let closed = try await eventually { try await backends() == 0 }
            #expect(closed)
        }
    }

    @Test("A consumer ends with its task, and with the database")
    func ends() async throws {
        try await World.with { world in
            let connections = world.connections
            let cancelled = Task { for await _ in connections.notifications(on: ["a"]) {} }
            cancelled.cancel()
            await cancelled.value
            let shutDown = Task {
                var count = 0
                for await _ in connections.notifications(on: ["a"]) {
                    count += 1
                    Task { await connections.shutdown() }
                }
                return count
            }
            let count = await shutDown.value
            #expect(count == 1)
            var late = connections.notifications(on: ["a"]).makeAsyncIterator()
            let none = await late.next()
            #expect(none == nil)
        }
    }

    @Test("Who listens while the server is away hears as soon as it is back")
    func waitsForServer() async throws {
        let cluster = try await TestCluster.start()
        try await World.with(cluster: cluster) { world in
            var events = world.connections.notifications(on: ["a"]).makeAsyncIterator()
            let begins = await events.next()
            #expect(begins == .mayHaveMissed)
            try await cluster.stop()
            try await cluster.restart()
            let again = await events.next()
            #expect(again == .mayHaveMissed)
        }
        try await cluster.stop()
    }
}
