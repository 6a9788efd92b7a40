internal import AdminAPI
internal import Crypto
internal import Postgres
internal import StandardTypes

/// A job as the database keeps it.
struct JobRow: RowDecodable {
    let id: UUIDv7
    let record: JobRecord

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        var record = JobRecord()
        record.id = id.description
        record.queue = try row["queue"]
        record.kind = try row["kind"]
        let state: String = try row["state"]
        guard let known = JobState(word: state) else {
            throw PostgresError(
                .decoding, "Column state of a job holds what this version does not know. Run the version that wrote it.", column: "state")
        }
        record.state = known
        let priority: Int16 = try row["priority"]
        record.priority = Int32(priority)
        record.attempt = try row["attempt"]
        record.attemptsAllowed = try row["attempts_allowed"]
        record.runAt = Timestamp(try row["run_at"] as Timestamptz)
        record.createdAt = Timestamp(try row["created_at"] as Timestamptz)
        record.startedAt = (try row["started_at"] as Timestamptz?).map { Timestamp($0) }
        record.finishedAt = (try row["finished_at"] as Timestamptz?).map { Timestamp($0) }
        record.uniqueKey = try row["unique_key"] as String? ?? ""
        record.sequenceKey = try row["sequence_key"] as String? ?? ""
        record.caller = try row["caller"]
        record.requestID = try row["request_id"]
        record.cancelling = try row["is_cancelling"]
        record.endReason = try row["end_reason"] as String? ?? ""
        self.record = record
    }

    static let columns: SQL = """
        id, queue, kind, state, priority, attempt, attempts_allowed, run_at, created_at, started_at, finished_at, unique_key, sequence_key, \
        caller, request_id, is_cancelling, end_reason
        """
}

/// One line of a job's history.
struct FailureRow: RowDecodable {
    let job: UUIDv7
    let failure: JobFailure

    init(row: Row) throws(PostgresError) {
        job = try row["job_id"]
        var failure = JobFailure()
        failure.attempt = try row["attempt"]
        failure.class = try row["class"]
        failure.message = try row["message"]
        failure.occurredAt = Timestamp(try row["occurred_at"] as Timestamptz)
        self.failure = failure
    }
}

extension JobState {
    private static let words: KeyValuePairs<JobState, String> = [
        .scheduled: "scheduled", .ready: "ready", .running: "running", .done: "done", .dead: "dead", .cancelled: "cancelled",
    ]

    /// As the database has it; nil for a value that is no state.
    var word: String? { Self.words.first { $0.key == self }?.value }

    /// A literal: a plan that is kept finds the index of a state by that alone.
    var condition: SQL? {
        switch self {
        case .scheduled: "state = 'scheduled'"
        case .ready: "state = 'ready'"
        case .running: "state = 'running'"
        case .done: "state = 'done'"
        case .dead: "state = 'dead'"
        case .cancelled: "state = 'cancelled'"
        default: nil
        }
    }

    init?(word: String) {
        guard let state = Self.words.first(where: { $0.value == word })?.key else { return nil }
        self = state
    }
}

extension Timestamp {
    init(_ time: Timestamptz) {
        self.init()
        let (quotient, remainder) = time.unixMicroseconds.quotientAndRemainder(dividingBy: 1_000_000)
        seconds = remainder < 0 ? quotient - 1 : quotient
        nanos = Int32(truncatingIfNeeded: remainder < 0 ? remainder + 1_000_000 : remainder) * 1_000
    }
}
