internal import Crypto
internal import Postgres

/// Who holds a job: shown to end it. The fence is another one with each claim.
struct JobHold: Sendable, Hashable {
    var worker: UUIDv7
    var tenant: String
    var id: UUIDv7
    var fence: Int64
}

/// A job as a worker has claimed it.
struct ClaimedJob: Sendable, RowDecodable {
    var hold: JobHold
    var kind: String
    var payload: [UInt8]
    /// From 1.
    var attempt: Int
    var attemptsAllowed: Int
    var caller: String
    var requestID: String

    init(row: Row) throws(PostgresError) {
        hold = JobHold(worker: try row["worker_id"], tenant: try row["tenant_id"], id: try row["id"], fence: try row["fence"])
        kind = try row["kind"]
        payload = try row["payload"]
        attempt = try row["attempt"]
        attemptsAllowed = try row["attempts_allowed"]
        caller = try row["caller"]
        requestID = try row["request_id"]
    }
}
