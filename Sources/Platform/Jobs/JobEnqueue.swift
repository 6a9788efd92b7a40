public import Postgres

extension Batch {
    /// Adds a job in this batch's transaction.
    public mutating func enqueue(_ job: Job) {
        for statement in job.statements { enqueue(statement) }
        if job.isForNow { announce(JobWords.word(for: job.queue)) }
    }
}

extension Transaction {
    /// Adds a job in this transaction; it travels with the next statement that is awaited, or with the commit.
    public func enqueue(_ job: Job) {
        for statement in job.statements { enqueue(statement) }
        if job.isForNow { announce(JobWords.word(for: job.queue)) }
    }
}

/// What a commit announces in this process when it holds jobs for now.
enum JobWords {
    private static let prefix = "jobs/"

    static func word(for queue: String) -> String { prefix + queue }

    static func queue(of word: String) -> String? {
        word.hasPrefix(prefix) ? String(word.dropFirst(prefix.count)) : nil
    }
}

extension Job {
    fileprivate var isForNow: Bool { start == .now }

    /// All of them go in one round trip.
    fileprivate var statements: [SQL] {
        switch uniqueness {
        case nil: [insertion]
        case .skip:
            [
                """
                \(insertion) ON CONFLICT (tenant_id, kind, unique_key)
                    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'running') DO NOTHING
                """
            ]
        case .replace(let key):
            // Who replaces the same job at once waits at the lock; a job that waits is locked, so that it does not begin in between; one that
            // runs gives its key up, and has had its last attempt.
            [
                "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'job', current_tenant(), \(kind), \(key)), 0))",
                """
                UPDATE job SET unique_key = CASE WHEN state = 'running' THEN NULL ELSE unique_key END, is_superseded = state = 'running'
                WHERE tenant_id = current_tenant() AND kind = \(kind) AND unique_key = \(key) AND state IN ('scheduled', 'ready', 'running')
                """,
                """
                \(insertion) ON CONFLICT (tenant_id, kind, unique_key)
                    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'running')
                    DO UPDATE SET payload = EXCLUDED.payload, state = EXCLUDED.state, run_at = EXCLUDED.run_at, rank = EXCLUDED.rank,
                        priority = EXCLUDED.priority, attempt = 0
                """,
            ]
        }
    }

    private var insertion: SQL {
        let delay: Int64?
        let time: Timestamptz?
        switch start {
        case .now: (delay, time) = (nil, nil)
        case .after(let duration): (delay, time) = (duration.microseconds, nil)
        case .at(let unixMicroseconds): (delay, time) = (nil, Timestamptz(unixMicroseconds: unixMicroseconds))
        }
        return """
            INSERT INTO job (
                tenant_id, id, queue, kind, payload, state, priority, run_at, rank, attempts_allowed, unique_key, sequence_key,
                kept_seconds, caller, request_id
            )
            SELECT current_tenant(), \(id), \(queue), \(kind), \(payload), CASE WHEN begins > now() THEN 'scheduled' ELSE 'ready' END,
                \(priority.rawValue), begins, begins + \(priority.rawValue) * interval '1 minute', \(Int32(attempts)), \(uniqueness?.key),
                \(sequence), \(keptSeconds), current_setting('app.caller'), current_setting('app.request_id')
            FROM coalesce(\(time), now() + \(delay) * interval '1 microsecond', now()) AS start (begins)
            """
    }
}

extension Duration {
    /// Rounded down, and held within what a bigint has.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return overflowed ? .max : sum
    }
}
