internal import Crypto
internal import Net
internal import Postgres

/// What a worker tells the database, and asks it.
struct JobStore: Sendable {
    let database: Database
    let clock: JobClock

    /// What the functions of the schema raise.
    private enum State {
        static let leaseLost = "SB001"
        static let workerLost = "SB002"
    }

    func register(_ worker: UUIDv7, name: String) async throws(PostgresError) {
        try await database.batch(scope()) { $0.enqueue(.registerJobWorker(worker, name: name, shift: shift)) }
    }

    /// Renews the lease; nil when it had ended already. Gives the jobs that are to be cancelled.
    func beat(_ worker: UUIDv7) async throws(PostgresError) -> [JobName]? {
        do throws(PostgresError) {
            return try await database.batch(scope()) { $0.all(.beatJobWorker(worker, shift: shift), as: JobName.self) }
        } catch {
            if error.sqlstate == State.workerLost { return nil }
            throw error
        }
    }

    /// Claims up to `count` jobs of these kinds; nil when the worker's lease had ended.
    func claim(
        _ worker: UUIDv7, _ queue: JobQueue, kinds: [String], count: Int, after tenant: String
    ) async throws(PostgresError) -> [ClaimedJob]? {
        var collisions = 0
        while true {
            do throws(PostgresError) {
                return try await database.batch(scope()) {
                    $0.all(.claimJobs(worker, queue, kinds: kinds, count: count, after: tenant, shift: shift), as: ClaimedJob.self)
                }
            } catch {
                if error.sqlstate == State.workerLost { return nil }
                // Another claim has begun the same sequence at the same time, and is committed by now: the next look sees it.
                guard error.kind == .uniqueViolation, error.constraint == "job_sequence_running", collisions < Limits.jobClaimCollisions
                else { throw error }
                collisions += 1
            }
        }
    }

    /// Ends jobs that succeeded; gives those that the worker still held.
    func finish(_ worker: UUIDv7, _ holds: [JobHold]) async throws(PostgresError) -> [UUIDv7] {
        try await database.batch(scope()) { $0.all(.finishJobs(worker, holds, shift: shift), as: UUIDv7.self) }
    }

    /// False when the worker does not hold the job any more.
    func fail(_ hold: JobHold, _ verdict: JobVerdict) async throws(PostgresError) -> Bool {
        try await database.batch(scope(tenant: hold.tenant)) { $0.optional(.failJob(hold, verdict, shift: shift), as: Int.self) } != nil
    }

    func putBack(_ worker: UUIDv7, queue: String, butFor known: [UUIDv7]) async throws(PostgresError) {
        try await database.batch(scope()) { $0.enqueue(.putBackJobs(worker, queue: queue, butFor: known, shift: shift)) }
    }

    func retire(_ worker: UUIDv7) async throws(PostgresError) {
        try await database.batch(scope()) { $0.enqueue(.retireJobWorker(worker, shift: shift)) }
    }

    /// Takes their jobs from workers that are gone; gives how many jobs.
    func rescue() async throws(PostgresError) -> Int {
        try await database.batch(scope()) { $0.one(.rescueJobs(shift: shift)) }
    }

    /// Removes what was kept long enough; gives how many rows.
    func purge() async throws(PostgresError) -> Int {
        try await database.batch(scope()) { $0.one(.purgeJobs(shift: shift)) }
    }

    var shift: Int64 { clock.shift().microseconds }

    /// Whether an error says that a job's completion came too late.
    static func isLeaseLost(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlstate == State.leaseLost
    }

    func scope(tenant: String? = nil) -> Scope {
        Scope(tenant: tenant, caller: "jobs", requestID: "jobs", deadline: .now() + Limits.jobStatement)
    }
}

/// A job's tenant and id.
struct JobName: Sendable, Hashable, RowDecodable {
    var tenant: String
    var id: UUIDv7

    init(row: Row) throws(PostgresError) {
        tenant = try row["tenant_id"]
        id = try row["id"]
    }
}
