internal import AdminAPI
internal import Crypto
internal import Platform
internal import Postgres

/// The statements over jobs. Each names its tenant, and row-level security would, too. What has one job by its key asks for its state in a CASE:
/// otherwise a plan that was made while there were few jobs may read all jobs of that state for it.
extension SQL {
    static func job(_ id: UUIDv7) -> SQL {
        "SELECT \(JobRow.columns) FROM job WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    static func failures(of ids: [UUIDv7], limit: Int) -> SQL {
        """
        SELECT found.job_id, found.attempt, found.class, found.message, found.occurred_at
        FROM unnest(\(ids)) AS wanted (id) CROSS JOIN LATERAL (
            SELECT job_id, fence, attempt, class, message, occurred_at FROM job_error
            WHERE tenant_id = current_tenant() AND job_id = wanted.id ORDER BY fence DESC LIMIT \(limit)
        ) AS found
        ORDER BY found.job_id, found.fence
        """
    }

    /// Newest first, behind the last one of the page before.
    static func jobs(_ states: [JobState], queue: String, kind: String, after last: UUIDv7?, limit: Int) -> SQL {
        var conditions: SQL = ""
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if !queue.isEmpty { add("queue = \(queue)") }
        if !kind.isEmpty { add("kind = \(kind)") }
        if let last { add("id < \(last)") }
        func page(_ state: SQL) -> SQL {
            "SELECT \(JobRow.columns) FROM job WHERE tenant_id = current_tenant()\(state)\(conditions) ORDER BY id DESC LIMIT \(limit)"
        }
        // Each state is an index of its own, in the order of ids: of several a page of each has the page of all.
        let wanted = Set(states.map(\.rawValue)).sorted().compactMap { JobState(rawValue: $0).condition }
        guard let first = wanted.first else { return page("") }
        if wanted.count == 1 { return page(" AND \(first)") }
        let all = wanted.dropFirst().reduce("(\(page(" AND \(first)")))" as SQL) { "\($0) UNION ALL (\(page(" AND \($1)")))" }
        return "\(all) ORDER BY id DESC LIMIT \(limit)"
    }

    /// One row when it waited for its time.
    static func beginJobNow(_ id: UUIDv7) -> SQL {
        """
        UPDATE job SET state = 'ready', run_at = now(), rank = now() + priority * interval '1 minute'
        WHERE tenant_id = current_tenant() AND id = \(id) AND CASE WHEN state = 'scheduled' THEN true END RETURNING \(JobRow.columns)
        """
    }

    /// One row when it had not ended. Whoever runs it is told at once, with the commit: it is seldom enough.
    static func cancelJob(_ id: UUIDv7, reason: String) -> SQL {
        """
        UPDATE job SET
            state = CASE WHEN state = 'running' THEN 'running' ELSE 'cancelled' END,
            is_cancelling = state = 'running',
            finished_at = CASE WHEN state <> 'running' THEN now() END,
            expires_at = CASE WHEN state <> 'running' THEN now() + interval '7 days' END,
            end_reason = coalesce(end_reason, \(reason))
        WHERE tenant_id = current_tenant() AND id = \(id) AND CASE WHEN state IN ('scheduled', 'ready', 'running') THEN true END
        RETURNING \(JobRow.columns),
            CASE WHEN is_cancelling THEN pg_notify(\(NotificationChannel.jobCancellations.name), '') IS NOT NULL END AS is_told
        """
    }

    static func redriveJobs(_ ids: [UUIDv7]) -> SQL {
        """
        UPDATE job SET state = 'ready', attempt = 0, run_at = now(), rank = now() + priority * interval '1 minute', finished_at = NULL,
            expires_at = NULL, end_reason = NULL
        WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) AND state = 'dead' RETURNING id, queue
        """
    }

    static func discardJob(_ id: UUIDv7, reason: String) -> SQL {
        """
        UPDATE job SET state = 'cancelled', finished_at = now(), expires_at = now() + interval '7 days', end_reason = \(reason)
        WHERE tenant_id = current_tenant() AND id = \(id) AND CASE WHEN state = 'dead' THEN true END RETURNING 1
        """
    }

    /// For each queue the jobs in each state that has not ended well, counted up to `limit` of them in all.
    static func queueStatistics(limit: Int64) -> SQL {
        """
        SELECT queue, count(*) FILTER (WHERE state = 'scheduled') AS scheduled, count(*) FILTER (WHERE state = 'ready') AS ready,
            count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'dead') AS dead,
            min(run_at) FILTER (WHERE state = 'ready') AS oldest_ready
        FROM (
            SELECT queue, state, run_at FROM job
            WHERE tenant_id = current_tenant() AND state IN ('scheduled', 'ready', 'running', 'dead') LIMIT \(limit)
        ) AS counted
        GROUP BY queue ORDER BY queue
        """
    }
}
