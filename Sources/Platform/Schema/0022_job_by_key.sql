-- expands
-- Who asks for one job by its key is to read one row, by whatever plan, also by one that was made while there were no jobs: then all indexes
-- look equally small, and the one of running jobs, or of all jobs of a state, is read as a whole each time.

-- The same as before, but that a job runs is said by its worker (job_worker_runs), and not by its state, which would lead to the index of
-- running jobs.
CREATE OR REPLACE FUNCTION job_complete(
    worker uuid, job_id uuid, job_fence bigint, reply_type text, reply bytea, shift bigint
) RETURNS void
    LANGUAGE plpgsql
    AS $$
    BEGIN
        DELETE FROM job
        WHERE tenant_id = current_tenant() AND id = job_id AND fence = job_fence AND worker_id = worker AND kept_seconds IS NULL;
        IF FOUND THEN
            RETURN;
        END IF;
        UPDATE job SET state = 'done', worker_id = NULL, finished_at = now() + shift * interval '1 microsecond',
            expires_at = now() + shift * interval '1 microsecond' + kept_seconds * interval '1 second',
            result_type = reply_type, result = reply
        WHERE tenant_id = current_tenant() AND id = job_id AND fence = job_fence AND worker_id = worker;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lease of this job has ended' USING ERRCODE = 'SB001';
        END IF;
    END
    $$;

-- Called once in some seconds: a plan for each call costs nothing, and an old one that reads the whole table would.
ALTER FUNCTION job_beat SET plan_cache_mode = force_custom_plan;
ALTER FUNCTION job_rescue SET plan_cache_mode = force_custom_plan;
