import Crypto
import Net
import Postgres
import Synchronization
import TestSupport

@testable import Senders

/// A database of its own with this module's tables, a clock that a test moves, and a sender that answers what it is told.
struct SendersWorld {
    let fresh: TestDatabase
    let database: Database
    let clock: TestClock

    static func with(_ body: (SendersWorld) async throws -> Void) async throws {
        let fresh = try await TestCluster.shared().freshDatabase(SendersSchema.migrations)
        let loops = try EventLoopGroup(count: 2)
        let world = SendersWorld(fresh: fresh, database: Database(fresh.application, loops: loops.loops), clock: TestClock())
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        await world.database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    func scope(_ tenant: String? = "a") -> Scope {
        Scope(tenant: tenant, caller: "test", requestID: "1")
    }

    func enqueue(_ delivery: Delivery, tenant: String = "a") async throws {
        try await database.batch(scope(tenant)) { $0.enqueue(delivery.insertion(at: clock.now)) }
    }
}

/// Microseconds that pass when a test says so.
final class TestClock: Sendable {
    private let time = Mutex<Int64>(1_700_000_000_000_000)

    var now: Int64 { time.withLock { $0 } }
    var wall: WallClock { WallClock { self.now } }

    func advance(seconds: Int64) { time.withLock { $0 += seconds * 1_000_000 } }
}

/// Keeps what it is given, and answers what it is told.
final class FakeSender<Content: Sendable>: Sender {
    private let answer: @Sendable (Content) async -> Outcome
    private let kept = Mutex<[(content: Content, id: UUIDv7)]>([])

    init(_ answer: @escaping @Sendable (Content) async -> Outcome = { _ in .accepted(providerID: "p-1") }) { self.answer = answer }

    var sent: [(content: Content, id: UUIDv7)] { kept.withLock { $0 } }

    func destination(of content: Content) -> String { "fake" }

    func send(_ content: Content, id: UUIDv7) async -> Outcome {
        kept.withLock { $0.append((content, id)) }
        return await answer(content)
    }
}
