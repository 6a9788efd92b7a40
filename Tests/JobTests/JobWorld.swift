import Crypto
import Net
import Postgres
import StandardTypes
import Synchronization
import TestSupport
import Testing

@testable import Platform

/// Jobs in a database of their own, seen by two processes: each has connections of its own. Time passes when a test says so.
struct JobWorld: Sendable {
    let loops: EventLoopGroup
    let first: Database
    let second: Database
    /// As a superuser, whom row-level security does not hold.
    let administration: Database
    let time = Time()

    final class Time: Sendable {
        private let ahead = Mutex(Swift.Duration.zero)
        var shift: Swift.Duration { ahead.withLock { $0 } }
        func pass(_ duration: Swift.Duration) { ahead.withLock { $0 += duration } }
    }

    static func with(
        _ migrations: [Migration] = [], on cluster: TestCluster? = nil, _ body: (JobWorld) async throws -> Void
    ) async throws {
        let home = if let cluster { cluster } else { try await TestCluster.shared() }
        let fresh = try await home.freshDatabase(PlatformSchema.migrations + migrations)
        let loops = try EventLoopGroup(count: 2)
        let world = JobWorld(
            loops: loops, first: Database(fresh.application, loops: loops.loops), second: Database(fresh.application, loops: loops.loops),
            administration: Database(fresh.administrator, loops: loops.loops))
        let failure: (any Error)?
        do {
            try await body(world)
            failure = nil
        } catch {
            failure = error
        }
        for database in [world.first, world.second, world.administration] { await database.shutdown() }
        loops.shutdown()
        if let failure { throw failure }
    }

    var clock: JobClock { JobClock { [time] in time.shift } }

    func store(_ database: Database? = nil) -> JobStore { JobStore(database: database ?? first, clock: clock) }

    func worker(_ store: JobStore) async throws -> UUIDv7 {
        let worker = UUIDv7Generator.system.next()
        try await store.register(worker, name: "test")
        return worker
    }

    func workers(
        on database: Database? = nil, queues: [JobQueue] = [JobQueue()], _ handlers: [JobHandler]
    ) -> JobWorkers {
        JobWorkers(
            database ?? first, loops: loops.loops, queues: queues, handlers: handlers, name: "test", log: Log(minimum: .error), clock: clock
        )
    }

    func scope(_ tenant: String = "a") -> Scope {
        Scope(tenant: tenant, caller: "tester/ada", requestID: "request-1", deadline: .now() + .seconds(300))
    }

    func enqueue(_ jobs: [Job], tenant: String = "a") async throws {
        try await first.batch(scope(tenant)) { batch in
            for job in jobs { batch.enqueue(job) }
        }
    }

    /// `state/attempt` of every job, in the order of ids.
    func states() async throws -> [String] {
        try await administration.batch(scope()) { $0.all("SELECT state || '/' || attempt FROM job ORDER BY id", as: String.self) }
    }

    func count(_ statement: SQL) async throws -> Int {
        try await administration.batch(scope()) { $0.one(statement, as: Int.self) }
    }
}

extension JobStore {
    /// As a worker that knows all kinds of these tests.
    func claim(_ worker: UUIDv7, _ queue: JobQueue, count: Int, after tenant: String) async throws(PostgresError) -> [ClaimedJob]? {
        try await claim(worker, queue, kinds: TestJobs.names, count: count, after: tenant)
    }
}

/// Something that happens in handlers, in the order in which it does.
final class Journal: Sendable {
    private let entries = Mutex<[String]>([])
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
}

extension StringValue {
    init(_ text: String) {
        self.init()
        value = text
    }
}

enum TestJobs {
    static let note = JobKind<StringValue>("test.note")
    static let once = JobKind<StringValue>("test.once", retries: .none)
    static let thrice = JobKind<StringValue>(
        "test.thrice", retries: JobRetries(attempts: 3, first: .milliseconds(1), longest: .milliseconds(1)))
    static let kept = JobKind<StringValue>("test.kept", kept: .seconds(60))
    static let briefKept = JobKind<StringValue>("test.brief_kept", retries: .none, timeout: .milliseconds(1), kept: .seconds(60))
    static let names = ["test.brief", "test.kept", "test.note", "test.once", "test.thrice"]
    static let brief = JobKind<StringValue>("test.brief", retries: .none, timeout: .milliseconds(1))
}
