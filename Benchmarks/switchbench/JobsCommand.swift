internal import Glibc
internal import Net
internal import Platform
internal import Postgres
internal import StandardTypes
internal import Synchronization

/// `switchbench jobs`: how soon after its commit a job begins, and how many are run a second.
struct JobsCommand {
    private var connection = ""
    private var jobs = 50_000
    private var rounds = 2_000

    static let usage = """
        usage: switchbench jobs --connection CONNINFO [--jobs N] [--rounds N]

        CONNINFO reaches a PostgreSQL as a superuser; a database `switchbench_jobs` is made in it, and removed at the end. Measures N rounds
        (2000) of enqueueing one job until it begins, in the same process and over two; then how many of N jobs (50000) that wait are
        claimed, run and completed a second: in batches, each in a transaction of its own, and strictly one after the other.
        """

    private static let database = "switchbench_jobs"
    private static let empty = JobKind<StringValue>("bench.empty")
    private static let written = JobKind<StringValue>("bench.written")

    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = Options(arguments)
        while let option = options.next() {
            switch option {
            case "--connection": connection = try options.value()
            case "--jobs": jobs = try options.number()
            case "--rounds": rounds = try options.number()
            default: throw options.unknown
            }
        }
        if connection.isEmpty { throw UsageError("--connection is missing") }
        guard jobs > 0, rounds > 0 else { throw UsageError("--jobs and --rounds are numbers from 1 on") }
    }

    func run() async throws {
        let administrator = Administrator(Database.Configuration(connection: connection))
        try await administrator.ensureRoles()
        try await administrator.dropDatabase(Self.database)
        try await administrator.ensureDatabase(Self.database)
        _ = try await Migrator(role(Administrator.ownerRole), migrations: PlatformSchema.migrations).run()
        let loops = try EventLoopGroup()
        let here = Database(role(Administrator.applicationRole), loops: loops.loops)
        let there = Database(role(Administrator.applicationRole), loops: loops.loops)

        try await latency("in one process", from: here, to: here, loops)
        try await latency("from one process to another", from: here, to: there, loops)
        try await throughput("in batches", Self.empty, concurrency: 500, jobs, here, loops)
        try await throughput("each in its transaction, 32 at once", Self.written, concurrency: 32, jobs / 5, here, loops)
        try await throughput("one after the other", Self.written, concurrency: 1, jobs / 10, here, loops)

        await here.shutdown()
        await there.shutdown()
        try await administrator.dropDatabase(Self.database)
    }

    /// The last word of a connection string counts.
    private func role(_ name: String) -> Database.Configuration {
        var configuration = Database.Configuration(connection: "\(connection) dbname=\(Self.database) user=\(name)")
        configuration.connectionsPerLoop = 8
        return configuration
    }

    private var scope: Scope { Scope(tenant: "bench", caller: "switchbench", requestID: "bench") }

    private func latency(_ name: String, from: Database, to: Database, _ loops: EventLoopGroup) async throws {
        let begun = Signal()
        let workers = JobWorkers(
            to, loops: loops.loops, queues: [JobQueue()],
            handlers: [JobHandler(Self.empty) { _, _ in begun.give() }], log: Log(minimum: .error))
        let teller = JobWorkers(from, loops: loops.loops, queues: [], handlers: [], log: Log(minimum: .error))
        workers.start()
        if from !== to { teller.start() }
        var took: [Swift.Duration] = []
        for round in 0..<rounds + 50 {
            try await from.batch(scope) { $0.enqueue(Job(Self.empty, StringValue())) }
            let committed = MonotonicTime.now()
            let begins = await begun.take()
            // The first ones find connections and plans made.
            if round >= 50 { took.append(max(.zero, begins - committed)) }
            // As notifications of one process have some time between them.
            if from !== to { try await loops.loops[0].sleep(for: .milliseconds(60)) }
        }
        await workers.stop(grace: .seconds(10))
        if from !== to { await teller.stop(grace: .zero) }
        took.sort()
        print("commit to start, \(name): median \(took[took.count / 2]), p99 \(took[took.count * 99 / 100])")
    }

    private func throughput(
        _ name: String, _ kind: JobKind<StringValue>, concurrency: Int, _ count: Int, _ database: Database, _ loops: EventLoopGroup
    ) async throws {
        for first in stride(from: 0, to: count, by: 1_000) {
            try await database.batch(scope) { batch in
                for _ in first..<min(count, first + 1_000) { batch.enqueue(Job(kind, StringValue())) }
            }
        }
        let ended = Counted()
        let workers = JobWorkers(
            database, loops: loops.loops, queues: [JobQueue(concurrency: concurrency)],
            handlers: [
                JobHandler(Self.empty) { _, _ in ended.add() },
                JobHandler(Self.written) { _, job in
                    try await job.complete()
                    ended.add()
                },
            ], log: Log(minimum: .error))
        let start = MonotonicTime.now()
        workers.start()
        while ended.count < count { try await loops.loops[0].sleep(for: .milliseconds(5)) }
        // Asked only at the end: it is no small question while rows by the thousand have just been removed.
        while try await database.batch(scope, { $0.one("SELECT EXISTS (SELECT FROM job)", as: Bool.self) }) {
            try await loops.loops[0].sleep(for: .milliseconds(5))
        }
        let seconds = Double((MonotonicTime.now() - start).wholeNanoseconds) / 1e9
        await workers.stop(grace: .seconds(10))
        print("\(name): \(count) jobs in \(seconds) s, \(Int(Double(count) / seconds)) a second")
    }
}

private final class Counted: Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .relaxed) }
    func add() { number.wrappingAdd(1, ordering: .relaxed) }
}

/// When something happened, from where it happens to who waits for it.
private final class Signal: Sendable {
    private struct State {
        var time: MonotonicTime?
        var waiter: CheckedContinuation<MonotonicTime, Never>?
    }

    private let state = Mutex(State())

    func give() {
        let now = MonotonicTime.now()
        let waiter = state.withLock { state in
            if state.waiter == nil { state.time = now }
            return state.waiter.take()
        }
        waiter?.resume(returning: now)
    }

    func take() async -> MonotonicTime {
        await withCheckedContinuation { continuation in
            let time = state.withLock { state in
                if let time = state.time.take() { return Optional(time) }
                state.waiter = continuation
                return nil
            }
            if let time { continuation.resume(returning: time) }
        }
    }
}
