CREATE FUNCTION job_register(worker uuid, worker_name text, lease_microseconds bigint, shift bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        INSERT INTO job_worker (id, name, started_at, expires_at)
        SELECT worker, worker_name, moment, moment + lease_microseconds * interval '1 microsecond'
        FROM (SELECT now() + shift * interval '1 microsecond') AS clock (moment)
    $$;

-- Renews the lease, and tells which jobs of the worker are to be cancelled.
CREATE FUNCTION job_beat(worker uuid, lease_microseconds bigint, shift bigint) RETURNS TABLE (tenant_id text, id uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    #variable_conflict use_column
    BEGIN
        UPDATE job_worker SET expires_at = now() + (shift + lease_microseconds) * interval '1 microsecond'
        WHERE job_worker.id = worker;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lease of this worker has ended' USING ERRCODE = 'SB002';
        END IF;
        RETURN QUERY
            SELECT job.tenant_id, job.id FROM job
            WHERE job.state = 'running' AND job.worker_id = worker AND job.is_cancelling;
    END
    $$;

-- Gives a worker jobs of a queue, of those kinds that it knows: to each tenant that has some an equal share, beginning behind
-- `after_tenant`. With caps (on running jobs of the queue, and of each tenant in it) claims of the queue come one after the other, so
-- that they hold exactly.
CREATE FUNCTION job_claim(
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
            SELECT waiting.tenant_id, waiting.id FROM job AS waiting
            WHERE waiting.queue = from_queue AND waiting.state = 'scheduled' AND waiting.run_at <= moment
            ORDER BY waiting.run_at LIMIT 1000 FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE job.tenant_id = due.tenant_id AND job.id = due.id;

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
                        SELECT found.tenant_id, found.id
                        FROM unnest(tenants) AS turn (tenant)
                        CROSS JOIN LATERAL (
                            SELECT ready.tenant_id, ready.id FROM job AS ready
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
                    FROM picked WHERE job.tenant_id = picked.tenant_id AND job.id = picked.id
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

-- Tenants with ready jobs in a queue, at most `wanted`: those behind `after_tenant`, round by the beginning, up to `last`, which is the
-- whole round when both are the same. One step in the index for each tenant, however many jobs it has.
CREATE FUNCTION job_ready_tenants(from_queue text, after_tenant text, last text, wanted integer) RETURNS text[]
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
    AS $$
    DECLARE
        tenants text[] := '{}';
        tenant text := after_tenant;
        is_round boolean := after_tenant < last;
    BEGIN
        WHILE cardinality(tenants) < wanted LOOP
            SELECT job.tenant_id INTO tenant FROM job
            WHERE job.queue = from_queue AND job.state = 'ready' AND job.tenant_id > tenant
            ORDER BY job.tenant_id LIMIT 1;
            IF NOT FOUND THEN
                EXIT WHEN is_round;
                is_round := true;
                tenant := '';
            ELSE
                EXIT WHEN is_round AND tenant > last;
                tenants := tenants || tenant;
            END IF;
        END LOOP;
        RETURN tenants;
    END
    $$;

-- Ends jobs that have succeeded, and tells which of them the worker still held.
CREATE FUNCTION job_finish(worker uuid, tenants text[], ids uuid[], fences bigint[], shift bigint) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    AS $$
    BEGIN
        RETURN QUERY
            DELETE FROM job USING unnest(tenants, ids, fences) AS ended (tenant_id, id, fence)
            WHERE job.tenant_id = ended.tenant_id AND job.id = ended.id AND job.fence = ended.fence
                AND job.state = 'running' AND job.worker_id = worker AND job.kept_seconds IS NULL
            RETURNING job.id;
        RETURN QUERY
            UPDATE job SET state = 'done', worker_id = NULL, finished_at = now() + shift * interval '1 microsecond',
                expires_at = now() + shift * interval '1 microsecond' + job.kept_seconds * interval '1 second'
            FROM unnest(tenants, ids, fences) AS ended (tenant_id, id, fence)
            WHERE job.tenant_id = ended.tenant_id AND job.id = ended.id AND job.fence = ended.fence
                AND job.state = 'running' AND job.worker_id = worker
            RETURNING job.id;
    END
    $$;

-- The same for one job, in the transaction of what it writes and as its tenant: fails, and with it the transaction, when the
-- worker does not hold the job any more.
CREATE FUNCTION job_complete(
    worker uuid, job_id uuid, job_fence bigint, reply_type text, reply bytea, shift bigint
) RETURNS void LANGUAGE plpgsql
    AS $$
    BEGIN
        DELETE FROM job
        WHERE tenant_id = current_tenant() AND id = job_id AND fence = job_fence AND state = 'running' AND worker_id = worker
            AND kept_seconds IS NULL;
        IF FOUND THEN
            RETURN;
        END IF;
        UPDATE job SET state = 'done', worker_id = NULL, finished_at = now() + shift * interval '1 microsecond',
            expires_at = now() + shift * interval '1 microsecond' + kept_seconds * interval '1 second',
            result_type = reply_type, result = reply
        WHERE tenant_id = current_tenant() AND id = job_id AND fence = job_fence AND state = 'running' AND worker_id = worker;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the lease of this job has ended' USING ERRCODE = 'SB001';
        END IF;
    END
    $$;

-- Puts back what a worker holds in a queue (in all of them: NULL) but for those it knows of, as if they had never been claimed. A claim
-- of which its process has not heard may still be under way: it holds the worker's row, and is waited for.
CREATE FUNCTION job_put_back(worker uuid, from_queue text, known uuid[], shift bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT FROM job_worker WHERE id = worker FOR UPDATE;
        WITH put_back AS (
            UPDATE job SET
                state = CASE WHEN is_cancelling OR is_superseded THEN 'cancelled' ELSE 'ready' END,
                worker_id = NULL, attempt = attempt - 1,
                finished_at = CASE WHEN is_cancelling OR is_superseded THEN now() + shift * interval '1 microsecond' END,
                expires_at = CASE WHEN is_cancelling OR is_superseded THEN now() + shift * interval '1 microsecond' + interval '7 days' END
            WHERE state = 'running' AND worker_id = worker AND (from_queue IS NULL OR queue = from_queue) AND id <> ALL (known)
            RETURNING 1
        )
        SELECT count(*) FROM put_back
    $$;

-- The worker leaves; what it holds is at once for others.
CREATE FUNCTION job_retire(worker uuid, shift bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        count bigint := job_put_back(worker, NULL, '{}', shift);
    BEGIN
        DELETE FROM job_worker WHERE id = worker;
        RETURN count;
    END
    $$;

-- Takes their jobs from workers that have not been heard of: an attempt that counts, since it may be the job that killed them.
CREATE FUNCTION job_rescue(shift bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        moment timestamptz := now() + shift * interval '1 microsecond';
        rescued bigint;
    BEGIN
        DELETE FROM job_worker
        WHERE id IN (SELECT gone.id FROM job_worker AS gone WHERE gone.expires_at < moment FOR UPDATE SKIP LOCKED);
        WITH lost AS (
            UPDATE job SET
                state = CASE WHEN is_cancelling OR is_superseded THEN 'cancelled'
                    WHEN attempt >= attempts_allowed THEN 'dead' ELSE 'scheduled' END,
                worker_id = NULL,
                run_at = moment + random() * least(60, power(2, least(attempt, 10)) - 1) * interval '1 second',
                finished_at = CASE WHEN is_cancelling OR is_superseded OR attempt >= attempts_allowed THEN moment END,
                expires_at = CASE WHEN is_cancelling OR is_superseded THEN moment + interval '7 days' END
            WHERE state = 'running' AND NOT EXISTS (SELECT FROM job_worker WHERE job_worker.id = job.worker_id)
            RETURNING job.tenant_id, job.id, job.fence, job.attempt
        )
        INSERT INTO job_error (tenant_id, job_id, fence, attempt, class, message, occurred_at)
        SELECT lost.tenant_id, lost.id, lost.fence, lost.attempt, 'lost', 'The worker that ran it has not been heard of since.', moment
        FROM lost;
        GET DIAGNOSTICS rescued = ROW_COUNT;
        RETURN rescued;
    END
    $$;

-- Removes rows whose time is over, oldest first.
CREATE FUNCTION job_purge(wanted integer, shift bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        WITH purged AS (
            DELETE FROM job USING (
                SELECT tenant_id, id FROM job WHERE expires_at < now() + shift * interval '1 microsecond'
                ORDER BY expires_at LIMIT wanted FOR UPDATE SKIP LOCKED
            ) AS old
            WHERE job.tenant_id = old.tenant_id AND job.id = old.id
            RETURNING 1
        )
        SELECT count(*) FROM purged
    $$;

REVOKE EXECUTE ON FUNCTION job_register, job_beat, job_claim, job_ready_tenants, job_finish, job_put_back, job_retire, job_rescue,
    job_purge, job_complete FROM PUBLIC;
GRANT EXECUTE ON FUNCTION job_register, job_beat, job_claim, job_finish, job_put_back, job_retire, job_rescue, job_purge,
    job_complete TO switchboard_app;
