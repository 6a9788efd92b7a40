-- The same as before, but jobs are looked up by their key alone, and what else is asked of them comes after: with a condition on the state
-- PostgreSQL may take the index of running jobs for smaller than it is, and read all of it for each job.
CREATE OR REPLACE FUNCTION job_finish(worker uuid, tenants text[], ids uuid[], fences bigint[], shift bigint) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    SET enable_seqscan = off
    AS $$
    DECLARE
        moment timestamptz := now() + shift * interval '1 microsecond';
        held tid[];
    BEGIN
        held := ARRAY(
            SELECT found.ctid FROM unnest(tenants, ids, fences) AS ended (tenant_id, id, fence)
            CROSS JOIN LATERAL (
                SELECT job.ctid, job.state, job.worker_id, job.fence FROM job
                WHERE job.tenant_id = ended.tenant_id AND job.id = ended.id
                LIMIT 1 FOR UPDATE
            ) AS found
            WHERE found.state = 'running' AND found.worker_id = worker AND found.fence = ended.fence
        );
        RETURN QUERY DELETE FROM job WHERE job.ctid = ANY (held) AND job.kept_seconds IS NULL RETURNING job.id;
        RETURN QUERY
            UPDATE job SET state = 'done', worker_id = NULL, finished_at = moment,
                expires_at = moment + job.kept_seconds * interval '1 second'
            WHERE job.ctid = ANY (held) AND job.state = 'running' RETURNING job.id;
    END
    $$;
