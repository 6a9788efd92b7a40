public import Crypto
public import Net
public import Postgres
public import Protobuf
internal import Synchronization

/// One attempt at a job, as its handler sees it. A handler may run more than once for a job (its process can die at any moment), but what it
/// writes by `complete` or `transaction` is committed once.
public final class JobRun: Sendable {
    public let kind: String
    /// From 1.
    public let attempt: Int
    public let attemptsAllowed: Int
    /// When the task is cancelled for taking too long.
    public let deadline: MonotonicTime
    public let database: Database
    /// Of the tenant whose job it is, by the job, until its deadline.
    public let scope: Scope

    let hold: JobHold
    private let clock: JobClock
    private let state = Mutex(State())

    private struct State {
        var isCompleted = false
        var reply: JobReply?
    }

    init(_ job: ClaimedJob, deadline: MonotonicTime, _ database: Database, clock: JobClock) {
        kind = job.kind
        attempt = job.attempt
        attemptsAllowed = job.attemptsAllowed
        self.deadline = deadline
        self.database = database
        scope = Scope(tenant: job.hold.tenant, caller: "jobs/\(job.kind)", requestID: job.hold.id.description, deadline: deadline)
        hold = job.hold
        self.clock = clock
    }

    /// The same in all attempts: what a provider takes as an idempotency key.
    public var id: UUIDv7 { hold.id }
    public var tenant: String { hold.tenant }
    public var isLastAttempt: Bool { attempt >= attemptsAllowed }

    /// Commits what `body` adds and the job's completion, in one round trip. Throws ``JobError/leaseLost``, and nothing is written, when
    /// another worker has the job by now.
    public func complete(_ body: (inout Batch) -> Void = { _ in }) async throws {
        try await completing { () throws in
            try await database.batch(scope) { batch in
                body(&batch)
                batch.enqueue(completion)
            }
        }
    }

    /// The same for a transaction that reads before it writes. The job's completion is its last statement.
    public func transaction<Value>(_ body: (borrowing Transaction) async throws -> Value) async throws -> Value {
        try await completing { () throws in
            try await database.transaction(scope) { transaction in
                let value = try await body(transaction)
                transaction.enqueue(completion)
                return value
            }
        }
    }

    /// Keeps what came of the job, for kinds that are kept: the response of a long-running operation. It is written with the completion.
    public func reply(_ message: some Message) {
        state.withLock { $0.reply = JobReply(message) }
    }

    /// Shows how far the job is, as the metadata of a long-running operation.
    public func report(_ progress: some Message) async throws {
        try await database.batch(scope) { $0.enqueue(.noteProgress(hold, JobReply(progress))) }
    }

    /// Records that the handler has succeeded, with its reply. It had done so within its time: that the time is over since does not matter.
    func record(as scope: Scope) async throws {
        try await completing { () throws in try await database.batch(scope) { $0.enqueue(completion) } }
    }

    var isCompleted: Bool { state.withLock { $0.isCompleted } }
    var hasReply: Bool { state.withLock { $0.reply != nil } }

    private var completion: SQL {
        .completeJob(hold, reply: state.withLock { $0.reply }, shift: clock.shift().microseconds)
    }

    private func completing<Value>(_ commit: () async throws -> Value) async throws -> Value {
        guard !isCompleted else { throw JobError.completedAlready }
        do {
            let value = try await commit()
            state.withLock { $0.isCompleted = true }
            return value
        } catch {
            if JobStore.isLeaseLost(error) { throw JobError.leaseLost }
            throw error
        }
    }
}
