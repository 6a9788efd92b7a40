-- Ends jobs that have succeeded, and tells which of them the worker still held. Each is looked up by its key: a join of the lists with all
-- running jobs would cost the product of both.
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
                SELECT job.ctid FROM job
                WHERE job.tenant_id = ended.tenant_id AND job.id = ended.id AND job.fence = ended.fence
                    AND job.state = 'running' AND job.worker_id = worker
                LIMIT 1 FOR UPDATE
            ) AS found
        );
        RETURN QUERY DELETE FROM job WHERE job.ctid = ANY (held) AND job.kept_seconds IS NULL RETURNING job.id;
        RETURN QUERY
            UPDATE job SET state = 'done', worker_id = NULL, finished_at = moment,
                expires_at = moment + job.kept_seconds * interval '1 second'
            WHERE job.ctid = ANY (held) AND job.state = 'running' RETURNING job.id;
    END
    $$;
