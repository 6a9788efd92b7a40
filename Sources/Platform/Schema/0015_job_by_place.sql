-- The same as before, but rows that were found and locked are written where they lie, and not looked up by their key once more: a plan that was
-- made while the table was empty takes the index of states for as good as the key, and reads all jobs of a tenant for each that it claims.
CREATE OR REPLACE FUNCTION job_claim(
    worker uuid, from_queue text, kinds text[], wanted integer, after_tenant text, queue_cap integer, tenant_cap integer, shift bigint
) RETURNS TABLE (
    tenant_id text, id uuid, kind text, payload bytea, attempt integer, attempts_allowed integer, fence bigint,
    caller text, request_id text, run_at timestamptz
)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    -- A plan that was made while the table was empty has to serve when it is full.
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    AS $$
    #variable_conflict use_column
    DECLARE
        moment timestamptz := now() + shift * interval '1 microsecond';
        remaining integer := wanted;
        last_tenant text := after_tenant;
        tenants text[];
        list_size integer;
        share integer;
        taken integer;
    BEGIN
        -- A worker that is being declared lost claims nothing more.
        PERFORM FROM job_worker WHERE job_worker.id = worker FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lease of this worker has ended' USING ERRCODE = 'SB002';
        END IF;
        IF queue_cap IS NOT NULL OR tenant_cap IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('job ' || from_queue, 0));
        END IF;

        UPDATE job SET state = 'ready'
        FROM (
            SELECT waiting.ctid FROM job AS waiting
            WHERE waiting.queue = from_queue AND waiting.state = 'scheduled' AND waiting.run_at <= moment
            ORDER BY waiting.run_at LIMIT 1000 FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE job.ctid = due.ctid;

        IF queue_cap IS NOT NULL THEN
            remaining := least(
                remaining, queue_cap - (SELECT count(*) FROM job WHERE job.queue = from_queue AND job.state = 'running')::integer);
        END IF;

        -- More than one list of tenants only when those of the first have nothing that may begin: they are at their caps, or wait for what
        -- is before it, or others claim from them. Once round all of them, since who claims begins there again when he got nothing.
        list_size := remaining;
        WHILE remaining > 0 LOOP
            tenants := job_ready_tenants(from_queue, last_tenant, after_tenant, list_size);
            EXIT WHEN cardinality(tenants) = 0;
            share := greatest(1, remaining / cardinality(tenants));
            LOOP
                RETURN QUERY
                    WITH picked AS (
                        SELECT found.ctid
                        FROM unnest(tenants) AS turn (tenant)
                        CROSS JOIN LATERAL (
                            SELECT ready.ctid FROM job AS ready
                            WHERE ready.queue = from_queue AND ready.tenant_id = turn.tenant AND ready.state = 'ready'
                                AND ready.kind = ANY (kinds)
                                AND (ready.sequence_key IS NULL OR NOT EXISTS (
                                    SELECT FROM job AS earlier
                                    WHERE earlier.tenant_id = ready.tenant_id AND earlier.queue = ready.queue
                                        AND earlier.sequence_key = ready.sequence_key
                                        AND earlier.state IN ('scheduled', 'ready', 'running') AND earlier.id < ready.id)
                                    -- One with a larger id may have been committed first.
                                    AND NOT EXISTS (
                                        SELECT FROM job AS held
                                        WHERE held.tenant_id = ready.tenant_id AND held.queue = ready.queue
                                            AND held.sequence_key = ready.sequence_key AND held.state = 'running'))
                            ORDER BY ready.rank, ready.id
                            LIMIT CASE WHEN tenant_cap IS NULL THEN share ELSE least(share, greatest(0, tenant_cap - (
                                SELECT count(*) FROM job AS held
                                WHERE held.queue = from_queue AND held.tenant_id = turn.tenant AND held.state = 'running'
                            ))) END
                            FOR UPDATE SKIP LOCKED
                        ) AS found
                        LIMIT remaining
                    )
                    UPDATE job SET state = 'running', worker_id = worker, attempt = job.attempt + 1, fence = job.fence + 1,
                        started_at = moment
                    FROM picked WHERE job.ctid = picked.ctid
                    RETURNING job.tenant_id, job.id, job.kind, job.payload, job.attempt, job.attempts_allowed, job.fence,
                        job.caller, job.request_id, job.run_at;
                GET DIAGNOSTICS taken = ROW_COUNT;
                remaining := remaining - taken;
                -- Who got less than the share has nothing more.
                EXIT WHEN remaining <= 0 OR taken < share;
                share := greatest(1, remaining / (taken / share));
            END LOOP;
            last_tenant := tenants[cardinality(tenants)];
            EXIT WHEN cardinality(tenants) < list_size OR last_tenant = after_tenant;
            list_size := least(greatest(list_size, 16) * 4, 1000);
        END LOOP;
    END
    $$;

CREATE OR REPLACE FUNCTION job_purge(wanted integer, shift bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    AS $$
        WITH purged AS (
            DELETE FROM job USING (
                SELECT ctid FROM job WHERE expires_at < now() + shift * interval '1 microsecond'
                ORDER BY expires_at LIMIT wanted FOR UPDATE SKIP LOCKED
            ) AS old
            WHERE job.ctid = old.ctid
            RETURNING 1
        )
        SELECT count(*) FROM purged
    $$;
