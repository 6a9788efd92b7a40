internal import Crypto
internal import Postgres

/// The statements of workers. Those that end one job run as its tenant. That it runs is said by its worker: a condition on its state could lead
/// a plan to the index of running jobs, and through all of it.
extension SQL {
    static func registerJobWorker(_ worker: UUIDv7, name: String, shift: Int64) -> SQL {
        "SELECT job_register(\(worker), \(name), \(Limits.jobLease.microseconds), \(shift))"
    }

    static func beatJobWorker(_ worker: UUIDv7, shift: Int64) -> SQL {
        "SELECT tenant_id, id FROM job_beat(\(worker), \(Limits.jobLease.microseconds), \(shift))"
    }

    static func claimJobs(_ worker: UUIDv7, _ queue: JobQueue, kinds: [String], count: Int, after last: String, shift: Int64) -> SQL {
        """
        SELECT tenant_id, id, kind, payload, attempt, attempts_allowed, fence, caller, request_id, \(worker) AS worker_id
        FROM job_claim(\(worker), \(queue.name), \(kinds), \(Int32(count)), \(last), \(queue.cap.map { Int32(clamping: $0) }),
            \(queue.tenantCap.map { Int32(clamping: $0) }), \(shift))
        """
    }

    static func finishJobs(_ worker: UUIDv7, _ holds: [JobHold], shift: Int64) -> SQL {
        """
        SELECT job_finish(\(worker), \(holds.map(\.tenant)), \(holds.map(\.id)), \(holds.map(\.fence)), \(shift))
        """
    }

    static func completeJob(_ hold: JobHold, reply: JobReply?, shift: Int64) -> SQL {
        "SELECT job_complete(\(hold.worker), \(hold.id), \(hold.fence), \(reply?.type), \(reply?.bytes), \(shift))"
    }

    static func putBackJobs(_ worker: UUIDv7, queue: String, butFor known: [UUIDv7], shift: Int64) -> SQL {
        "SELECT job_put_back(\(worker), \(queue), \(known), \(shift))"
    }

    static func retireJobWorker(_ worker: UUIDv7, shift: Int64) -> SQL {
        "SELECT job_retire(\(worker), \(shift))"
    }

    static func rescueJobs(shift: Int64) -> SQL {
        "SELECT job_rescue(\(shift))"
    }

    static func purgeJobs(shift: Int64) -> SQL {
        "SELECT job_purge(\(Int32(Limits.jobsPerPurge)), \(shift))"
    }

    /// One row when the worker still held the job.
    static func failJob(_ hold: JobHold, _ verdict: JobVerdict, shift: Int64) -> SQL {
        let moment: SQL = "now() + \(shift) * interval '1 microsecond'"
        let pause: Duration
        let state: String
        switch verdict.next {
        case .again(let after), .later(let after): (state, pause) = ("scheduled", after)
        case .dead: (state, pause) = ("dead", .zero)
        }
        if case .later = verdict.next {
            return """
                UPDATE job SET state = CASE WHEN is_cancelling OR is_superseded THEN 'cancelled' ELSE 'scheduled' END, worker_id = NULL,
                    attempt = attempt - 1, run_at = \(moment) + \(pause.microseconds) * interval '1 microsecond',
                    rank = \(moment) + \(pause.microseconds) * interval '1 microsecond' + priority * interval '1 minute',
                    finished_at = CASE WHEN is_cancelling OR is_superseded THEN \(moment) END,
                    expires_at = CASE WHEN is_cancelling OR is_superseded THEN \(moment) + interval '7 days' END
                WHERE tenant_id = current_tenant() AND id = \(hold.id) AND fence = \(hold.fence) AND worker_id = \(hold.worker)
                RETURNING 1
                """
        }
        return """
            WITH failed AS (
                UPDATE job SET state = CASE WHEN is_cancelling OR is_superseded THEN 'cancelled' ELSE \(state) END, worker_id = NULL,
                    run_at = \(moment) + \(pause.microseconds) * interval '1 microsecond',
                    rank = \(moment) + \(pause.microseconds) * interval '1 microsecond' + priority * interval '1 minute',
                    finished_at = CASE WHEN is_cancelling OR is_superseded OR \(state == "dead") THEN \(moment) END,
                    expires_at = CASE WHEN is_cancelling OR is_superseded THEN \(moment) + interval '7 days' END
                WHERE tenant_id = current_tenant() AND id = \(hold.id) AND fence = \(hold.fence) AND worker_id = \(hold.worker)
                RETURNING tenant_id, id, fence, attempt
            )
            INSERT INTO job_error (tenant_id, job_id, fence, attempt, class, message, occurred_at)
            SELECT tenant_id, id, fence, attempt, \(verdict.class.rawValue), \(verdict.message), \(moment) FROM failed
            RETURNING 1
            """
    }

    static func noteProgress(_ hold: JobHold, _ progress: JobReply) -> SQL {
        """
        UPDATE job SET progress_type = \(progress.type), progress = \(progress.bytes)
        WHERE tenant_id = current_tenant() AND id = \(hold.id) AND fence = \(hold.fence) AND worker_id = \(hold.worker)
        """
    }
}
