import Crypto
import Net
import Postgres
import Senders
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Messages from a transaction through jobs to a sender.
@Suite("Outbound jobs", .timeLimit(.minutes(10)))
struct OutboundJobTests {
    /// A database, workers on it, and a sender that answers what it is told.
    private final class World: Sendable {
        let loops: EventLoopGroup
        let database: Database
        let deliveries: Deliveries
        let workers: JobWorkers
        let sender: Sender

        final class Sender: Senders.Sender {
            private let outcomes: Mutex<[Outcome]>
            private let kept = Mutex<[UUIDv7]>([])

            init(_ outcomes: [Outcome]) { self.outcomes = Mutex(outcomes) }

            var sent: [UUIDv7] { kept.withLock { $0 } }
            func destination(of content: TextMessage) -> String { "fake" }

            func send(_ content: TextMessage, id: UUIDv7) async -> Outcome {
                kept.withLock { $0.append(id) }
                return outcomes.withLock { $0.isEmpty ? .accepted(providerID: "last") : $0.removeFirst() }
            }
        }

        private init(_ fresh: TestDatabase, _ outcomes: [Outcome]) throws {
            loops = try EventLoopGroup(count: 2)
            database = Database(fresh.application, loops: loops.loops)
            sender = Sender(outcomes)
            deliveries = Deliveries(database, ChannelSenders(textMessage: sender))
            workers = JobWorkers(
                database, loops: loops.loops, queues: [JobQueue(OutboundJobs.queue)], handlers: OutboundJobs.handlers(deliveries),
                name: "test",
                log: Log(minimum: .error))
        }

        static func with(_ outcomes: [Outcome] = [], _ body: (World) async throws -> Void) async throws {
            let fresh = try await TestCluster.shared().freshDatabase(PlatformSchema.migrations + SendersSchema.migrations)
            let world = try World(fresh, outcomes)
            let failure: (any Error)?
            do {
                world.workers.start()
                try await body(world)
                failure = nil
            } catch {
                failure = error
            }
            await world.workers.stop(grace: .seconds(60))
            await world.database.shutdown()
            world.loops.shutdown()
            if let failure { throw failure }
        }

        var scope: Scope { Scope(tenant: "a", caller: "test", requestID: "1") }

        func delivery(_ key: String = "k") throws -> Delivery {
            try Delivery(.textMessage(TextMessage(to: PhoneNumber("+919876543210"), text: "x")), dedupeKey: key)
        }

        func enqueue(_ delivery: Delivery) async throws {
            try await database.batch(scope) { $0.send(delivery) }
        }

        func record(_ delivery: Delivery) async throws -> DeliveryRecord? {
            try await deliveries.record(delivery.id, scope)
        }

        func jobs() async throws -> Int {
            try await database.batch(scope) { $0.one("SELECT count(*) FROM job WHERE state IN ('scheduled', 'ready', 'running')") }
        }
    }

    @Test("what a transaction sends is sent once it is committed, and leaves no job behind")
    func sent() async throws {
        try await World.with { (world) async throws in
            let delivery = try world.delivery()
            try await world.enqueue(delivery)
            try await eventually("the message is accepted") { try await world.record(delivery)?.state == .accepted }
            try await eventually("its job has ended") { try await world.jobs() == 0 }
            #expect(world.sender.sent == [delivery.id])
        }
    }

    @Test("what a transaction that is rolled back would have sent is not sent")
    func rolledBack() async throws {
        struct Stop: Error {}
        try await World.with { (world) async throws in
            let (dropped, kept) = (try world.delivery("dropped"), try world.delivery("kept"))
            await #expect(throws: Stop.self) {
                try await world.database.transaction(world.scope) { (transaction) async throws in
                    transaction.send(dropped)
                    let _: Int = try await transaction.one("SELECT count(*) FROM delivery")
                    throw Stop()
                }
            }
            try await world.enqueue(kept)
            try await eventually("the other one is accepted") { try await world.record(kept)?.state == .accepted }
            #expect(world.sender.sent == [kept.id])
        }
    }

    @Test("R2 · a message that failed is sent again after the time that its receiver asked for, and one of the same name is not sent")
    func again() async throws {
        try await World.with([.failed(reason: "busy", retryAfter: .seconds(1_800)), .deferred(reason: "full", retryAfter: .seconds(1_800))])
        { (world) async throws in
            let delivery = try world.delivery()
            try await world.enqueue(delivery)
            try await world.enqueue(try world.delivery())
            for sends in 1...2 {
                try await eventually("attempt \(sends) has failed, and its job waits") {
                    let waiting: Int = try await world.database.batch(world.scope) {
                        $0.one("SELECT count(*) FROM job WHERE state = 'scheduled' AND run_at > now() + interval '29 minutes'")
                    }
                    return world.sender.sent.count == sends && waiting == 1
                }
                #expect(try await world.record(delivery)?.state == .queued)
                let errors: [String] = try await world.database.batch(world.scope) { $0.all("SELECT message FROM job_error") }
                #expect(errors == ["busy"], "what was deferred is no failure")
                // The time has come.
                try await world.database.batch(world.scope) { $0.enqueue("UPDATE job SET run_at = now() WHERE state = 'scheduled'") }
            }
            try await eventually("the third is accepted") { try await world.record(delivery)?.state == .accepted }
            #expect(world.sender.sent == [delivery.id, delivery.id, delivery.id])
        }
    }

    @Test("an UNKNOWN message is not sent again by its job, but by an operator's word")
    func unknown() async throws {
        try await World.with([.unknown(reason: "?")]) { (world) async throws in
            let delivery = try world.delivery()
            try await world.enqueue(delivery)
            try await eventually("it is unknown, and its job has ended") {
                let state = try await world.record(delivery)?.state
                return try await world.jobs() == 0 && state == .unknown
            }
            let other = try world.delivery("other")
            try await world.enqueue(other)
            try await eventually("another is accepted") { try await world.record(other)?.state == .accepted }
            #expect(world.sender.sent == [delivery.id, other.id])
            let record = try #require(try await world.record(delivery))
            #expect(try await OutboundJobs.resolve(record, as: .sendAgain, by: "ada", world.deliveries, world.scope))
            try await eventually("it is accepted") { try await world.record(delivery)?.state == .accepted }
            #expect(world.sender.sent == [delivery.id, other.id, delivery.id])
        }
    }
}
