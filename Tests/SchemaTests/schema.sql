CREATE FUNCTION public.current_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('app.tenant'::text, true), ''::text);
CREATE FUNCTION public.delivery_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT tenant_id, id FROM public.delivery WHERE changed_at < now() - interval '30 days' ORDER BY changed_at LIMIT most
        ), gone AS (
            DELETE FROM public.delivery AS kept USING old
            WHERE (kept.tenant_id, kept.id) = (old.tenant_id, old.id) AND kept.changed_at < now() - interval '30 days' RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.document_series_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.last_sequence = 1 THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND NEW.last_sequence = OLD.last_sequence + 1
        AND (NEW.prefix, NEW.start_year) = (OLD.prefix, OLD.start_year) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a series of document numbers goes on by one, from one on'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'document_series_step', TABLE = 'document_series', COLUMN = 'last_sequence';
END
$$;
CREATE FUNCTION public.idempotency_key_begin(lock bigint, wanted text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(lock) THEN
        RAISE EXCEPTION 'the first call with this key is not over'
            USING ERRCODE = 'not_null_violation', TABLE = 'idempotency_key', COLUMN = 'fingerprint';
    END IF;
    PERFORM FROM idempotency_key
    WHERE tenant_id = current_tenant() AND caller = current_setting('app.caller') AND key = wanted;
    IF FOUND THEN
        RAISE EXCEPTION 'this key was used'
            USING ERRCODE = 'unique_violation', TABLE = 'idempotency_key', CONSTRAINT = 'idempotency_key_taken';
    END IF;
END
$$;
CREATE FUNCTION public.idempotency_key_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT tenant_id, caller, key FROM public.idempotency_key WHERE created_at < now() - interval '24 hours'
            ORDER BY created_at LIMIT most
        ), gone AS (
            DELETE FROM public.idempotency_key AS kept USING old
            WHERE (kept.tenant_id, kept.caller, kept.key) = (old.tenant_id, old.caller, old.key) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.identity_changed() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    BEGIN
        PERFORM pg_notify('switchboard_identity', '');
        RETURN NULL;
    END
    $$;
CREATE FUNCTION public.identity_refusals(longest_life_seconds bigint) RETURNS TABLE(kind text, tenant_id text, name text, moment timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT 'tenant', t.tenant_id, '', t.changed_at FROM public.tenant AS t WHERE t.state = 'suspended'
        UNION ALL
        SELECT 'token', r.tenant_id, r.token_id, r.expires_at FROM public.revoked_token AS r WHERE r.expires_at > now()
        UNION ALL
        SELECT 'subject', e.tenant_id, e.subject, e.not_before FROM public.subject_epoch AS e
        WHERE e.not_before > now() - longest_life_seconds * interval '1 second'
    $$;
CREATE FUNCTION public.identity_refusals_since(since bigint, longest_life_seconds bigint) RETURNS TABLE(kind text, tenant_id text, name text, moment timestamp with time zone, is_refused boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT 'tenant', t.tenant_id, '', t.changed_at, t.state = 'suspended' FROM public.tenant AS t WHERE t.changed_in >= since::text::xid8
        UNION ALL
        SELECT 'token', r.tenant_id, r.token_id, r.expires_at, true FROM public.revoked_token AS r
        WHERE r.changed_in >= since::text::xid8 AND r.expires_at > now()
        UNION ALL
        SELECT 'subject', e.tenant_id, e.subject, e.not_before, true FROM public.subject_epoch AS e
        WHERE e.changed_in >= since::text::xid8 AND e.not_before > now() - longest_life_seconds * interval '1 second'
    $$;
CREATE FUNCTION public.identity_stamp() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    BEGIN
        NEW.changed_in := pg_current_xact_id();
        RETURN NEW;
    END
    $$;
CREATE FUNCTION public.job_beat(worker uuid, lease_microseconds bigint, shift bigint) RETURNS TABLE(tenant_id text, id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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
CREATE FUNCTION public.job_claim(worker uuid, from_queue text, kinds text[], wanted integer, after_tenant text, queue_cap integer, tenant_cap integer, shift bigint) RETURNS TABLE(tenant_id text, id uuid, kind text, payload bytea, attempt integer, attempts_allowed integer, fence bigint, caller text, request_id text, run_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
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
CREATE FUNCTION public.job_complete(worker uuid, job_id uuid, job_fence bigint, reply_type text, reply bytea, shift bigint) RETURNS void
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
CREATE FUNCTION public.job_finish(worker uuid, tenants text[], ids uuid[], fences bigint[], shift bigint) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_custom_plan'
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
CREATE FUNCTION public.job_purge(wanted integer, shift bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
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
CREATE FUNCTION public.job_put_back(worker uuid, from_queue text, known uuid[], shift bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
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
CREATE FUNCTION public.job_ready_tenants(from_queue text, after_tenant text, last text, wanted integer) RETURNS text[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
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
CREATE FUNCTION public.job_register(worker uuid, worker_name text, lease_microseconds bigint, shift bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
        INSERT INTO job_worker (id, name, started_at, expires_at)
        SELECT worker, worker_name, moment, moment + lease_microseconds * interval '1 microsecond'
        FROM (SELECT now() + shift * interval '1 microsecond') AS clock (moment)
    $$;
CREATE FUNCTION public.job_rescue(shift bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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
CREATE FUNCTION public.job_retire(worker uuid, shift bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    DECLARE
        count bigint := job_put_back(worker, NULL, '{}', shift);
    BEGIN
        DELETE FROM job_worker WHERE id = worker;
        RETURN count;
    END
    $$;
CREATE FUNCTION public.lead_check_status() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NOT lead_status_follows(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'a lead cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_status_follows', TABLE = 'lead', COLUMN = 'status';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.lead_keep_tags() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM lead_tag WHERE tenant_id = OLD.tenant_id AND lead_id = OLD.id;
    END IF;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO lead_tag (tenant_id, tag, lead_id) SELECT NEW.tenant_id, tag, NEW.id FROM unnest(NEW.tags) AS tag;
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.lead_status_follows(old_status text, new_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT new_status = ANY (CASE old_status
        WHEN 'new' THEN '{contacted,unresponsive,opted_out}'
        WHEN 'contacted' THEN '{engaged,qualified,meeting_booked,unresponsive,opted_out}'
        WHEN 'engaged' THEN '{qualified,meeting_booked,unresponsive,opted_out}'
        WHEN 'qualified' THEN '{meeting_booked,converted,unresponsive,opted_out}'
        WHEN 'meeting_booked' THEN '{qualified,converted,unresponsive,opted_out}'
        WHEN 'converted' THEN '{engaged,opted_out}'
        WHEN 'unresponsive' THEN '{contacted,engaged,opted_out}'
        ELSE '{}'
    END::text[])
$$;
CREATE FUNCTION public.ledger_change_period() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT NEW.is_closed OR TG_OP = 'UPDATE' AND NEW.month <> OLD.month THEN
        RAISE EXCEPTION 'a month that nobody has closed is open already'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_first_closed', TABLE = 'ledger_period', COLUMN = 'is_closed';
    END IF;
    -- Who grants has seen that somebody else asked: both in one change would be one pair of eyes.
    IF TG_OP = 'UPDATE' AND OLD.is_closed AND NOT NEW.is_closed AND OLD.reopening_asked_by IS DISTINCT FROM NEW.reopening_asked_by THEN
        RAISE EXCEPTION 'a month is opened again by somebody else than who asked for it, afterwards'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_four_eyes', TABLE = 'ledger_period', COLUMN = 'reopened_by';
    END IF;
    PERFORM pg_advisory_xact_lock(ledger_period_lock(NEW.tenant_id, NEW.month));
    RETURN NEW;
END
$$;
CREATE FUNCTION public.ledger_check_journal() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    found bigint;
    unbalanced text;
BEGIN
    SELECT sum(lines), min(currency) FILTER (WHERE debit <> credit) INTO found, unbalanced FROM (
        SELECT currency, count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id GROUP BY currency
    ) AS sums;
    IF found IS DISTINCT FROM NEW.line_count THEN
        RAISE EXCEPTION 'journal % says it has % lines and has %', NEW.id, NEW.line_count, coalesce(found, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_complete', TABLE = 'ledger_journal';
    END IF;
    IF unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'the debits and credits of journal % in % differ', NEW.id, unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_balanced', TABLE = 'ledger_journal';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT account, party_id, currency, debit, credit, count(*) FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id GROUP BY 1, 2, 3, 4, 5
        EXCEPT
        SELECT account, party_id, currency, credit, debit, count(*) FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.reverses_id GROUP BY 1, 2, 3, 4, 5
    ) OR NEW.line_count <> (SELECT line_count FROM ledger_journal WHERE tenant_id = NEW.tenant_id AND id = NEW.reverses_id) THEN
        RAISE EXCEPTION 'journal % is no reversal of journal %: it has other lines', NEW.id, NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_reversal', TABLE = 'ledger_journal';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.ledger_count_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    BEGIN
        INSERT INTO ledger_balance AS kept (tenant_id, account, party_id, currency, debit, credit)
        SELECT tenant_id, account, party_id, currency, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (tenant_id, account, party_id, currency) DO UPDATE
            SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
        INSERT INTO ledger_day AS kept (tenant_id, account, currency, effective_on, debit, credit)
        SELECT tenant_id, account, currency, effective_on, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (tenant_id, account, currency, effective_on) DO UPDATE
            SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
        RETURN NULL;
    END
    $$;
CREATE FUNCTION public.ledger_demand_open_period() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    first date := date_trunc('month', NEW.effective_on::timestamp)::date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_period_lock(NEW.tenant_id, first));
    IF EXISTS (SELECT FROM ledger_period WHERE tenant_id = NEW.tenant_id AND month = first AND is_closed) THEN
        RAISE EXCEPTION 'the month of % is closed', NEW.effective_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_open', TABLE = 'ledger_journal', COLUMN = 'effective_on';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.ledger_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a journal that is posted is never changed or removed: post its reversal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only', TABLE = TG_TABLE_NAME;
END
$$;
CREATE FUNCTION public.ledger_period_lock(tenant text, month date) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT hashtextextended('ledger_period ' || (month - '2000-01-01'::date)::text || ' ' || tenant, 0)
$$;
CREATE FUNCTION public.one_time_password_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT tenant_id, purpose, subject_hash FROM public.one_time_password
            WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.one_time_password AS kept USING old
            WHERE (kept.tenant_id, kept.purpose, kept.subject_hash) = (old.tenant_id, old.purpose, old.subject_hash)
                AND kept.expires_at < now() - interval '1 day' RETURNING 1
        ), old_request AS (
            SELECT tenant_id, subject_hash FROM public.one_time_password_request
            WHERE requested_at[cardinality(requested_at)] < now() - interval '1 day'
            ORDER BY requested_at[cardinality(requested_at)] LIMIT most
        ), forgotten AS (
            DELETE FROM public.one_time_password_request AS kept USING old_request AS old
            WHERE (kept.tenant_id, kept.subject_hash) = (old.tenant_id, old.subject_hash)
                AND kept.requested_at[cardinality(kept.requested_at)] < now() - interval '1 day' RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM forgotten)
    $$;
CREATE TABLE public.outbox (
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    number bigint NOT NULL,
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    topic text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    payload bytea NOT NULL,
    request_id text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_subject CHECK ((octet_length(subject) <= 256)),
    CONSTRAINT outbox_topic CHECK (((octet_length(topic) >= 1) AND (octet_length(topic) <= 256)))
);
ALTER TABLE ONLY public.outbox FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.outbox_after(after_xid bigint, after_number bigint, most bigint) RETURNS SETOF public.outbox
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT * FROM public.outbox
        WHERE (xid, number) > (after_xid::text::xid8, after_number) AND xid < (SELECT public.outbox_horizon())
        ORDER BY xid, number LIMIT most
    $$;
CREATE FUNCTION public.outbox_horizon() RETURNS xid8
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot())) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.transactionid = running::xid AND l.granted AND l.mode = 'ExclusiveLock'
                AND a.datname <> current_database()
        )
    $$;
CREATE FUNCTION public.outbox_purge(older_than_seconds bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT o.xid, o.number FROM public.outbox AS o
            WHERE o.created_at < now() - make_interval(secs => older_than_seconds)
                AND NOT EXISTS (SELECT FROM public.outbox_cursor AS c WHERE (c.xid, c.number) < (o.xid, o.number))
            ORDER BY o.xid, o.number LIMIT most
        ), gone AS (
            DELETE FROM public.outbox AS o USING old WHERE (o.xid, o.number) = (old.xid, old.number) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.principal_purge(ended_seconds_ago bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT p.ctid FROM public.principal AS p
            WHERE p.expires_at < now() - greatest(ended_seconds_ago, 86400) * interval '1 second' LIMIT most
        ), gone AS (
            DELETE FROM public.principal AS kept USING old WHERE kept.ctid = old.ctid RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.quota_all() RETURNS TABLE(tenant_id text, kind text, name text, class text, per_period bigint, burst bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ SELECT q.tenant_id, q.kind, q.name, q.class, q.per_period, q.burst FROM public.quota AS q $$;
CREATE FUNCTION public.quota_beat(process uuid, process_name text, lease_microseconds bigint, memory_microseconds bigint) RETURNS TABLE(processes uuid[], version bigint, moment timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
    #variable_conflict use_column
    DECLARE
        nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
        -- A transaction of some ten milliseconds, once a second.
        most CONSTANT bigint := 1000;
        clock timestamptz;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('quota', 0));
        clock := clock_timestamp();
        INSERT INTO quota_process AS known (id, name, expires_at)
        VALUES (process, process_name, clock + lease_microseconds * interval '1 microsecond')
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at;
        WITH old AS (
            SELECT lease.ctid AS place FROM quota_lease AS lease
            WHERE lease.process_id <> nobody
                AND NOT EXISTS (SELECT FROM quota_process AS alive WHERE alive.id = lease.process_id AND alive.expires_at >= clock)
            LIMIT most
        ), gone AS (
            DELETE FROM quota_lease AS lease USING old WHERE lease.ctid = old.place RETURNING tenant_id, kind, name, class
        )
        UPDATE quota_lease AS free SET owed_until = greatest(free.owed_until, clock + memory_microseconds * interval '1 microsecond')
        FROM gone
        WHERE (free.tenant_id, free.kind, free.name, free.class) = (gone.tenant_id, gone.kind, gone.name, gone.class)
            AND free.process_id = nobody;
        DELETE FROM quota_process AS gone
        WHERE gone.expires_at < clock AND NOT EXISTS (SELECT FROM quota_lease AS lease WHERE lease.process_id = gone.id);
        -- Of quotas that are shared this row is written at every beat.
        WITH old AS (
            SELECT free.ctid AS place FROM quota_lease AS free
            WHERE free.process_id = nobody AND free.owed_until < clock - interval '1 minute'
                AND NOT EXISTS (
                    SELECT FROM quota_lease AS lease
                    WHERE (lease.tenant_id, lease.kind, lease.name, lease.class) = (free.tenant_id, free.kind, free.name, free.class)
                        AND lease.process_id <> nobody)
            LIMIT most
        )
        DELETE FROM quota_lease AS free USING old WHERE free.ctid = old.place;
        RETURN QUERY SELECT
            (SELECT array_agg(quota_process.id ORDER BY quota_process.id) FROM quota_process),
            (SELECT quota_version.version FROM quota_version), clock;
    END
    $$;
CREATE FUNCTION public.quota_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    BEGIN
        UPDATE public.quota_version SET version = version + 1;
        RETURN NULL;
    END
    $$;
CREATE FUNCTION public.quota_lease_drop(tenants text[], kinds text[], names text[], classes text[], process uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
        DELETE FROM quota_lease AS lease USING unnest(tenants, kinds, names, classes) AS wanted (tenant_id, kind, name, class)
        WHERE (lease.tenant_id, lease.kind, lease.name, lease.class) = (wanted.tenant_id, wanted.kind, wanted.name, wanted.class)
            AND (process_id = process OR process_id = '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (
                SELECT FROM quota_lease AS other
                WHERE (other.tenant_id, other.kind, other.name, other.class) = (wanted.tenant_id, wanted.kind, wanted.name, wanted.class)
                    AND other.process_id NOT IN (process, '00000000-0000-0000-0000-000000000000')))
    $$;
CREATE FUNCTION public.quota_lease_put(tenants text[], kinds text[], names text[], classes text[], process_ids uuid[], units bigint[], wanted double precision[], owed_until timestamp with time zone[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
        INSERT INTO quota_lease (tenant_id, kind, name, class, process_id, units, wanted, owed_until)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, kind, name, class, process_id)
        DO UPDATE SET units = excluded.units, wanted = excluded.wanted, owed_until = excluded.owed_until
    $_$;
CREATE FUNCTION public.quota_leases() RETURNS TABLE(tenant_id text, kind text, name text, class text, process_id uuid, units bigint, wanted double precision, owed_until timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT l.tenant_id, l.kind, l.name, l.class, l.process_id, l.units, l.wanted, l.owed_until FROM public.quota_lease AS l
    $$;
CREATE FUNCTION public.quota_leave(process uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$ UPDATE quota_process SET expires_at = '-infinity' WHERE id = process $$;
CREATE FUNCTION public.revoked_token_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT r.tenant_id, r.token_id FROM public.revoked_token AS r
            WHERE r.expires_at < now() - interval '1 hour' AND NOT EXISTS (
                SELECT FROM public.token_grant AS g WHERE g.tenant_id = r.tenant_id AND g.source_token_id = r.token_id
            )
            ORDER BY r.expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.revoked_token AS kept USING old
            WHERE (kept.tenant_id, kept.token_id) = (old.tenant_id, old.token_id) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.sealed_keys(of_table text, of_column text) RETURNS TABLE(key_id text, count bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    BEGIN
        PERFORM FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no such sealed column' USING ERRCODE = 'no_data_found';
        END IF;
        RETURN QUERY EXECUTE format(
            'SELECT convert_from(substr(%I, 3, get_byte(%1$I, 1)), ''UTF8''), count(*) FROM public.%I'
            ' WHERE octet_length(%1$I) > 1 GROUP BY 1',
            of_column, of_table);
    END
    $_$;
CREATE FUNCTION public.sealed_pages(of_table text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT pg_relation_size(to_regclass('public.' || quote_ident(of_table))) / current_setting('block_size')::bigint
        WHERE EXISTS (SELECT FROM public.sealed_column WHERE table_name = of_table)
    $$;
CREATE FUNCTION public.sealed_rewrap(of_table text, of_column text, places text[], old_values text[], new_values text[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    DECLARE
        changed bigint;
    BEGIN
        PERFORM FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no such sealed column' USING ERRCODE = 'no_data_found';
        END IF;
        EXECUTE format(
            'WITH changed AS ('
            'UPDATE public.%I AS kept SET %I = decode(new.value, ''base64'')'
            ' FROM unnest($1::tid[], $2, $3) AS new (place, old, value)'
            ' WHERE kept.ctid = new.place AND kept.%2$I = decode(new.old, ''base64'') RETURNING 1) SELECT count(*) FROM changed',
            of_table, of_column)
            INTO changed USING places, old_values, new_values;
        RETURN changed;
    END
    $_$;
CREATE FUNCTION public.sealed_values(of_table text, of_column text, first_page bigint, pages bigint, but_for bytea) RETURNS TABLE(place text, tenant_id text, id text, value bytea)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
    DECLARE
        declared public.sealed_column;
    BEGIN
        SELECT * INTO STRICT declared FROM public.sealed_column AS c WHERE c.table_name = of_table AND c.column_name = of_column;
        RETURN QUERY EXECUTE format(
            'SELECT ctid::text, (%s)::text, (%s)::text, %I FROM public.%I'
            ' WHERE ctid >= $1 AND ctid < $2 AND substr(%3$I, 1, octet_length($3)) <> $3',
            declared.tenant, declared.id, of_column, of_table)
            USING format('(%s,0)', first_page)::tid, format('(%s,0)', first_page + pages)::tid, but_for;
    END
    $_$;
CREATE FUNCTION public.subject_epoch_purge(kept_seconds bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT e.tenant_id, e.subject FROM public.subject_epoch AS e
            WHERE e.not_before < now() - greatest(kept_seconds, 86400) * interval '1 second'
            ORDER BY e.not_before LIMIT most
        ), gone AS (
            DELETE FROM public.subject_epoch AS kept USING old
            WHERE (kept.tenant_id, kept.subject) = (old.tenant_id, old.subject) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.token_grant_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH old AS (
            SELECT g.tenant_id, g.id FROM public.token_grant AS g
            WHERE g.expires_at < now() - interval '30 days' ORDER BY g.expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.token_grant AS kept USING old WHERE (kept.tenant_id, kept.id) = (old.tenant_id, old.id) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
CREATE FUNCTION public.token_grants_live(tenants text[], ids uuid[]) RETURNS TABLE(tenant_id text, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT g.tenant_id, g.id FROM unnest(tenants, ids) AS asked (tenant_id, id)
        JOIN public.token_grant AS g ON g.tenant_id = asked.tenant_id AND g.id = asked.id
        WHERE g.revoked_at IS NULL AND g.expires_at > now()
            AND NOT public.token_is_revoked(g.tenant_id, g.source_token_id, g.subject || g.actors, g.source_issued_at)
            AND NOT (g.issued_by IS NOT NULL
                AND public.token_is_revoked(g.issued_by_tenant, '', ARRAY[g.issued_by], g.source_issued_at))
            AND NOT EXISTS (SELECT FROM public.tenant AS home WHERE home.tenant_id = g.tenant_id AND home.state = 'suspended')
    $$;
CREATE FUNCTION public.token_is_revoked(tenant text, token text, names text[], issued timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        SELECT EXISTS (SELECT FROM public.revoked_token AS r WHERE r.tenant_id = tenant AND r.token_id = token)
            OR EXISTS (SELECT FROM public.subject_epoch AS e WHERE e.tenant_id = tenant AND e.subject = ANY (names) AND e.not_before > issued)
    $$;
CREATE TABLE public.delivery (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    dedupe_key text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    recipient text NOT NULL,
    fields text[] NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL COLLATE pg_catalog."C",
    attempt integer DEFAULT 0 NOT NULL,
    sending_until timestamp with time zone,
    provider_id text,
    reason text,
    resolved_by text,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT delivery_attempt CHECK (((attempt >= 0) AND ((attempt > 0) OR (state = 'queued'::text)))),
    CONSTRAINT delivery_channel CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text, 'webhook'::text]))),
    CONSTRAINT delivery_dedupe_size CHECK (((char_length(dedupe_key) >= 1) AND (char_length(dedupe_key) <= 200))),
    CONSTRAINT delivery_sending CHECK (((state = 'sending'::text) = (sending_until IS NOT NULL))),
    CONSTRAINT delivery_state CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'accepted'::text, 'refused'::text, 'unknown'::text]))),
    CONSTRAINT delivery_tenant CHECK ((tenant_id <> ''::text))
);
ALTER TABLE ONLY public.delivery FORCE ROW LEVEL SECURITY;
CREATE TABLE public.document_series (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    prefix text NOT NULL COLLATE pg_catalog."C",
    start_year smallint NOT NULL,
    last_sequence bigint NOT NULL,
    CONSTRAINT document_series_last_sequence CHECK ((last_sequence > 0)),
    CONSTRAINT document_series_prefix CHECK ((prefix ~ '^[0-9A-Z]{1,4}$'::text)),
    CONSTRAINT document_series_start_year CHECK (((start_year >= 0) AND (start_year <= 9999)))
);
ALTER TABLE ONLY public.document_series FORCE ROW LEVEL SECURITY;
CREATE TABLE public.idempotency_key (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    caller text NOT NULL COLLATE pg_catalog."C",
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint bytea NOT NULL,
    reply bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_key_caller CHECK ((caller <> ''::text)),
    CONSTRAINT idempotency_key_fingerprint CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT idempotency_key_form CHECK ((key ~ '^[A-Za-z0-9_-]{8,64}$'::text))
);
ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    queue text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    payload bytea NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    priority smallint NOT NULL,
    run_at timestamp with time zone NOT NULL,
    rank timestamp with time zone NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    attempts_allowed integer NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    worker_id uuid,
    is_cancelling boolean DEFAULT false NOT NULL,
    is_superseded boolean DEFAULT false NOT NULL,
    unique_key text COLLATE pg_catalog."C",
    sequence_key text COLLATE pg_catalog."C",
    kept_seconds bigint,
    progress_type text COLLATE pg_catalog."C",
    progress bytea,
    result_type text COLLATE pg_catalog."C",
    result bytea,
    caller text NOT NULL COLLATE pg_catalog."C",
    request_id text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    expires_at timestamp with time zone,
    end_reason text,
    CONSTRAINT job_attempts CHECK (((attempt >= 0) AND ((attempts_allowed >= 1) AND (attempts_allowed <= 100)))),
    CONSTRAINT job_end CHECK (((state = ANY (ARRAY['done'::text, 'dead'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT job_end_reason_size CHECK ((char_length(end_reason) <= 500)),
    CONSTRAINT job_key_sizes CHECK (((char_length(unique_key) <= 255) AND (char_length(sequence_key) <= 255))),
    CONSTRAINT job_kind CHECK ((kind ~ '^[a-z0-9_.-]{1,64}$'::text)),
    CONSTRAINT job_payload_size CHECK ((octet_length(payload) <= 1048576)),
    CONSTRAINT job_priority CHECK (((priority >= 0) AND (priority <= 9))),
    CONSTRAINT job_queue CHECK ((queue ~ '^[a-z0-9_.-]{1,64}$'::text)),
    CONSTRAINT job_state CHECK ((state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text, 'done'::text, 'dead'::text, 'cancelled'::text]))),
    CONSTRAINT job_tenant CHECK ((tenant_id <> ''::text)),
    CONSTRAINT job_worker_runs CHECK (((state = 'running'::text) = (worker_id IS NOT NULL)))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.01', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE ONLY public.job FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job_error (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    job_id uuid NOT NULL,
    fence bigint NOT NULL,
    attempt integer NOT NULL,
    class text NOT NULL COLLATE pg_catalog."C",
    message text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT job_error_class CHECK ((class = ANY (ARRAY['transient'::text, 'permanent'::text, 'timeout'::text, 'lost'::text]))),
    CONSTRAINT job_error_size CHECK ((char_length(message) <= 2000))
);
ALTER TABLE ONLY public.job_error FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job_slot (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    schedule text NOT NULL COLLATE pg_catalog."C",
    slot timestamp with time zone NOT NULL,
    CONSTRAINT job_slot_schedule CHECK ((schedule ~ '^[a-z0-9_.-]{1,64}$'::text))
);
ALTER TABLE ONLY public.job_slot FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job_worker (
    id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.lead (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL COLLATE pg_catalog."C",
    email_normalised text GENERATED ALWAYS AS (
CASE
    WHEN (deleted_at IS NULL) THEN lower(email)
    ELSE NULL::text
END) STORED COLLATE pg_catalog."C",
    phone text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    company text DEFAULT ''::text NOT NULL,
    job_title text DEFAULT ''::text NOT NULL,
    linkedin_url text DEFAULT ''::text NOT NULL,
    status text DEFAULT 'new'::text NOT NULL COLLATE pg_catalog."C",
    score smallint DEFAULT 0 NOT NULL,
    source text DEFAULT 'manual'::text NOT NULL COLLATE pg_catalog."C",
    notes text DEFAULT ''::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL COLLATE pg_catalog."C",
    custom_fields jsonb DEFAULT '{}'::jsonb NOT NULL,
    consent_email boolean DEFAULT false NOT NULL,
    consent_sms boolean DEFAULT false NOT NULL,
    consent_phone boolean DEFAULT false NOT NULL,
    consent_given_at timestamp with time zone,
    consent_source text DEFAULT ''::text NOT NULL,
    consent_ip_address text DEFAULT ''::text NOT NULL,
    lawful_basis text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    timezone text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    country text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT lead_company CHECK ((char_length(company) <= 200)),
    CONSTRAINT lead_consent CHECK (((NOT (consent_email OR consent_sms OR consent_phone)) OR ((consent_given_at IS NOT NULL) AND (consent_source <> ''::text)))),
    CONSTRAINT lead_country CHECK (((country = ''::text) OR (country ~ '^[A-Z]{2}$'::text))),
    CONSTRAINT lead_custom_fields CHECK (((jsonb_typeof(custom_fields) = 'object'::text) AND (octet_length((custom_fields)::text) <= 65536))),
    CONSTRAINT lead_email CHECK (((octet_length(email) <= 254) AND (email ~ '^[!-?A-~]{1,64}@[-.0-9A-Za-z]+$'::text))),
    CONSTRAINT lead_first_name CHECK (((char_length(first_name) >= 1) AND (char_length(first_name) <= 100))),
    CONSTRAINT lead_job_title CHECK ((char_length(job_title) <= 200)),
    CONSTRAINT lead_last_name CHECK (((char_length(last_name) >= 1) AND (char_length(last_name) <= 100))),
    CONSTRAINT lead_lawful_basis CHECK ((lawful_basis = ANY (ARRAY[''::text, 'consent'::text, 'legitimate_interest'::text, 'contract'::text, 'legal_obligation'::text]))),
    CONSTRAINT lead_linkedin_url CHECK (((linkedin_url = ''::text) OR ((linkedin_url ~* '^https://'::text) AND (octet_length(linkedin_url) <= 500)))),
    CONSTRAINT lead_notes CHECK ((char_length(notes) <= 5000)),
    CONSTRAINT lead_phone CHECK (((phone = ''::text) OR (phone ~ '^[+][1-9][0-9]{9,14}$'::text))),
    CONSTRAINT lead_score CHECK (((score >= 0) AND (score <= 100))),
    CONSTRAINT lead_source CHECK (((char_length(source) >= 1) AND (char_length(source) <= 100))),
    CONSTRAINT lead_status CHECK ((status = ANY (ARRAY['new'::text, 'contacted'::text, 'engaged'::text, 'qualified'::text, 'meeting_booked'::text, 'converted'::text, 'unresponsive'::text, 'opted_out'::text]))),
    CONSTRAINT lead_tags CHECK ((cardinality(tags) <= 50)),
    CONSTRAINT lead_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.lead FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lead_import (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    import_id text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    row_count bigint DEFAULT 0 NOT NULL,
    created_count bigint DEFAULT 0 NOT NULL,
    updated_count bigint DEFAULT 0 NOT NULL,
    skipped_count bigint DEFAULT 0 NOT NULL,
    refused_count bigint DEFAULT 0 NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT lead_import_digest CHECK ((octet_length(digest) = 32)),
    CONSTRAINT lead_import_sum CHECK (((row_count = (((created_count + updated_count) + skipped_count) + refused_count)) AND (created_count >= 0) AND (updated_count >= 0) AND (skipped_count >= 0) AND (refused_count >= 0)))
);
ALTER TABLE ONLY public.lead_import FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lead_import_refusal (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    import_id text NOT NULL COLLATE pg_catalog."C",
    row_number bigint NOT NULL,
    error bytea NOT NULL
);
ALTER TABLE ONLY public.lead_import_refusal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lead_tag (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    tag text NOT NULL COLLATE pg_catalog."C",
    lead_id uuid NOT NULL,
    CONSTRAINT lead_tag_length CHECK (((char_length(tag) >= 1) AND (char_length(tag) <= 50)))
);
ALTER TABLE ONLY public.lead_tag FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_balance (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    account integer NOT NULL,
    party_id uuid NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    debit bigint NOT NULL,
    credit bigint NOT NULL
);
ALTER TABLE ONLY public.ledger_balance FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_day (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    account integer NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    effective_on date NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL
);
ALTER TABLE ONLY public.ledger_day FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_journal (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    effective_on date NOT NULL,
    posted_at timestamp with time zone DEFAULT now() NOT NULL,
    document_kind text NOT NULL COLLATE pg_catalog."C",
    document_id uuid NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    posted_by text NOT NULL COLLATE pg_catalog."C",
    line_count smallint NOT NULL,
    reverses_id uuid,
    CONSTRAINT ledger_journal_description CHECK ((char_length(description) <= 500)),
    CONSTRAINT ledger_journal_document_kind CHECK ((document_kind ~ '^[a-z_]{1,32}$'::text)),
    CONSTRAINT ledger_journal_effective_on CHECK (((effective_on >= '0001-01-01'::date) AND (effective_on <= '9999-12-31'::date))),
    CONSTRAINT ledger_journal_line_count CHECK (((line_count >= 2) AND (line_count <= 2000))),
    CONSTRAINT ledger_journal_posted_by CHECK (((octet_length(posted_by) >= 1) AND (octet_length(posted_by) <= 512))),
    CONSTRAINT ledger_journal_reverses_another CHECK ((reverses_id <> id))
);
ALTER TABLE ONLY public.ledger_journal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_line (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    journal_id uuid NOT NULL,
    number smallint NOT NULL,
    effective_on date NOT NULL,
    line_count smallint NOT NULL,
    account integer NOT NULL,
    party_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    debit bigint DEFAULT 0 NOT NULL,
    credit bigint DEFAULT 0 NOT NULL,
    CONSTRAINT ledger_line_account CHECK (((account >= 1000) AND (account <= 9999))),
    CONSTRAINT ledger_line_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT ledger_line_number CHECK (((number >= 1) AND (number <= line_count))),
    CONSTRAINT ledger_line_party CHECK ((((account = 1100) OR (account = 2200)) = (party_id <> '00000000-0000-0000-0000-000000000000'::uuid))),
    CONSTRAINT ledger_line_side CHECK ((((debit > 0) AND (credit = 0)) OR ((debit = 0) AND (credit > 0))))
);
ALTER TABLE ONLY public.ledger_line FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_period (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    month date NOT NULL,
    is_closed boolean NOT NULL,
    closed_by text NOT NULL COLLATE pg_catalog."C",
    reopening_asked_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    reopened_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ledger_period_closed_by CHECK ((closed_by <> ''::text)),
    CONSTRAINT ledger_period_four_eyes CHECK (((is_closed AND (reopened_by = ''::text)) OR ((NOT is_closed) AND (reopening_asked_by <> ''::text) AND (reopened_by <> ''::text) AND (reopened_by <> reopening_asked_by)))),
    CONSTRAINT ledger_period_month CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);
ALTER TABLE ONLY public.ledger_period FORCE ROW LEVEL SECURITY;
CREATE TABLE public.one_time_password (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    subject_hash bytea NOT NULL,
    salt bytea NOT NULL,
    code_hash bytea NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT one_time_password_purpose CHECK ((purpose ~ '^[a-z0-9_.]{1,64}$'::text)),
    CONSTRAINT one_time_password_sizes CHECK (((octet_length(subject_hash) = 32) AND (octet_length(salt) = 16) AND (octet_length(code_hash) = 32))),
    CONSTRAINT one_time_password_tenant CHECK ((tenant_id <> ''::text))
);
ALTER TABLE ONLY public.one_time_password FORCE ROW LEVEL SECURITY;
CREATE TABLE public.one_time_password_request (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    subject_hash bytea NOT NULL,
    requested_at timestamp with time zone[] NOT NULL,
    CONSTRAINT one_time_password_request_size CHECK ((octet_length(subject_hash) = 32)),
    CONSTRAINT one_time_password_request_tenant CHECK ((tenant_id <> ''::text))
);
ALTER TABLE ONLY public.one_time_password_request FORCE ROW LEVEL SECURITY;
CREATE TABLE public.outbox_cursor (
    consumer text NOT NULL COLLATE pg_catalog."C",
    xid xid8 NOT NULL,
    number bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_cursor_consumer CHECK (((octet_length(consumer) >= 1) AND (octet_length(consumer) <= 64)))
);
ALTER TABLE public.outbox ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.principal (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    service text NOT NULL COLLATE pg_catalog."C",
    first_issued_at timestamp with time zone DEFAULT now() NOT NULL,
    last_issued_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tokens_issued bigint DEFAULT 1 NOT NULL,
    CONSTRAINT principal_count CHECK ((tokens_issued > 0)),
    CONSTRAINT principal_names CHECK ((((octet_length(subject) >= 1) AND (octet_length(subject) <= 128)) AND (octet_length(service) <= 128)))
)
WITH (fillfactor='80');
ALTER TABLE ONLY public.principal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.quota (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    class text NOT NULL COLLATE pg_catalog."C",
    per_period bigint NOT NULL,
    burst bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT quota_burst CHECK (((burst >= 1) AND (burst <= '1000000000000'::bigint))),
    CONSTRAINT quota_class CHECK ((class = ANY (ARRAY['read'::text, 'write'::text, 'send'::text, 'ai'::text, 'admin'::text, 'ingest'::text, 'probe'::text, 'spending'::text]))),
    CONSTRAINT quota_kind CHECK ((kind = ANY (ARRAY['principal'::text, 'tenant'::text, 'service'::text, 'endpoint'::text]))),
    CONSTRAINT quota_name CHECK ((octet_length(name) <= 128)),
    CONSTRAINT quota_per_period CHECK (((per_period >= 1) AND (per_period <= '1000000000000'::bigint)))
);
ALTER TABLE ONLY public.quota FORCE ROW LEVEL SECURITY;
CREATE TABLE public.quota_lease (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    class text NOT NULL COLLATE pg_catalog."C",
    process_id uuid NOT NULL,
    units bigint NOT NULL,
    wanted double precision NOT NULL,
    owed_until timestamp with time zone NOT NULL,
    CONSTRAINT quota_lease_units CHECK ((units >= 0))
);
ALTER TABLE ONLY public.quota_lease FORCE ROW LEVEL SECURITY;
CREATE TABLE public.quota_process (
    id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.quota_version (
    version bigint NOT NULL
);
CREATE TABLE public.revoked_token (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    token_id text NOT NULL COLLATE pg_catalog."C",
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    reason text DEFAULT ''::text NOT NULL,
    changed_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT revoked_token_id CHECK (((octet_length(token_id) >= 1) AND (octet_length(token_id) <= 128))),
    CONSTRAINT revoked_token_reason CHECK ((char_length(reason) <= 500))
);
ALTER TABLE ONLY public.revoked_token FORCE ROW LEVEL SECURITY;
CREATE TABLE public.schema_migration (
    service text NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    expands boolean DEFAULT false NOT NULL
);
CREATE TABLE public.sealed_column (
    table_name text NOT NULL COLLATE pg_catalog."C",
    column_name text NOT NULL COLLATE pg_catalog."C",
    tenant text NOT NULL,
    id text NOT NULL
);
CREATE TABLE public.signing_key (
    issuer text NOT NULL COLLATE pg_catalog."C",
    kid text NOT NULL COLLATE pg_catalog."C",
    algorithm text NOT NULL COLLATE pg_catalog."C",
    public_key text NOT NULL COLLATE pg_catalog."C",
    sealed_private_key bytea,
    state text DEFAULT 'active'::text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    signs_from timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    public_key_proof bytea,
    CONSTRAINT signing_key_algorithm CHECK ((algorithm = ANY (ARRAY['EdDSA'::text, 'ES256'::text]))),
    CONSTRAINT signing_key_issuer CHECK (((octet_length(issuer) >= 1) AND (octet_length(issuer) <= 256))),
    CONSTRAINT signing_key_kid CHECK (((octet_length(kid) >= 1) AND (octet_length(kid) <= 64))),
    CONSTRAINT signing_key_private_key CHECK ((((state <> 'active'::text) OR (sealed_private_key IS NOT NULL)) AND ((state <> 'retired'::text) OR (sealed_private_key IS NULL)))),
    CONSTRAINT signing_key_public_key CHECK ((octet_length(public_key) <= 4096)),
    CONSTRAINT signing_key_retired CHECK (((state = 'retired'::text) = (retired_at IS NOT NULL))),
    CONSTRAINT signing_key_sealed_private_key CHECK ((octet_length(sealed_private_key) <= 4096)),
    CONSTRAINT signing_key_state CHECK ((state = ANY (ARRAY['active'::text, 'verifying'::text, 'retired'::text])))
);
CREATE TABLE public.subject_epoch (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    not_before timestamp with time zone NOT NULL,
    revoked_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    reason text DEFAULT ''::text NOT NULL,
    changed_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT subject_epoch_reason CHECK ((char_length(reason) <= 500)),
    CONSTRAINT subject_epoch_subject CHECK (((octet_length(subject) >= 1) AND (octet_length(subject) <= 128)))
);
ALTER TABLE ONLY public.subject_epoch FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tenant (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    display_name text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL COLLATE pg_catalog."C",
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT tenant_display_name CHECK ((char_length(display_name) <= 200)),
    CONSTRAINT tenant_name CHECK ((tenant_id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    CONSTRAINT tenant_reason CHECK ((char_length(reason) <= 500)),
    CONSTRAINT tenant_state CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text])))
);
ALTER TABLE ONLY public.tenant FORCE ROW LEVEL SECURITY;
CREATE TABLE public.token_grant (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    actors text[] NOT NULL COLLATE pg_catalog."C",
    scopes text[] NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    source_token_id text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    source_issued_at timestamp with time zone DEFAULT now() NOT NULL,
    issued_by_tenant text COLLATE pg_catalog."C",
    issued_by text COLLATE pg_catalog."C",
    roles text[] DEFAULT '{}'::text[] NOT NULL COLLATE pg_catalog."C",
    role_scopes text[] DEFAULT '{}'::text[] NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT token_grant_issued_by CHECK ((((issued_by IS NULL) = (issued_by_tenant IS NULL)) AND (octet_length(issued_by) <= 128) AND (octet_length(issued_by_tenant) <= 63))),
    CONSTRAINT token_grant_life CHECK ((expires_at > created_at)),
    CONSTRAINT token_grant_lists CHECK (((cardinality(actors) <= 8) AND ((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 256)))),
    CONSTRAINT token_grant_source CHECK ((octet_length(source_token_id) <= 128)),
    CONSTRAINT token_grant_subject CHECK (((octet_length(subject) >= 1) AND (octet_length(subject) <= 128)))
);
ALTER TABLE ONLY public.token_grant FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_dedupe UNIQUE (tenant_id, dedupe_key);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.document_series
    ADD CONSTRAINT document_series_key PRIMARY KEY (tenant_id, prefix, start_year);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_taken PRIMARY KEY (tenant_id, caller, key);
ALTER TABLE ONLY public.job_error
    ADD CONSTRAINT job_error_key PRIMARY KEY (tenant_id, job_id, fence);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.job_slot
    ADD CONSTRAINT job_slot_key PRIMARY KEY (tenant_id, schedule, slot);
ALTER TABLE ONLY public.job_worker
    ADD CONSTRAINT job_worker_key PRIMARY KEY (id);
ALTER TABLE ONLY public.lead_import
    ADD CONSTRAINT lead_import_key PRIMARY KEY (tenant_id, import_id);
ALTER TABLE ONLY public.lead_import_refusal
    ADD CONSTRAINT lead_import_refusal_key PRIMARY KEY (tenant_id, import_id, row_number);
ALTER TABLE ONLY public.lead
    ADD CONSTRAINT lead_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.lead_tag
    ADD CONSTRAINT lead_tag_key PRIMARY KEY (tenant_id, tag, lead_id);
ALTER TABLE ONLY public.ledger_balance
    ADD CONSTRAINT ledger_balance_key PRIMARY KEY (tenant_id, account, party_id, currency);
ALTER TABLE ONLY public.ledger_day
    ADD CONSTRAINT ledger_day_key PRIMARY KEY (tenant_id, account, currency, effective_on);
ALTER TABLE ONLY public.ledger_journal
    ADD CONSTRAINT ledger_journal_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.ledger_journal
    ADD CONSTRAINT ledger_journal_lines UNIQUE (tenant_id, id, effective_on, line_count);
ALTER TABLE ONLY public.ledger_journal
    ADD CONSTRAINT ledger_journal_reversed_once UNIQUE (tenant_id, reverses_id);
ALTER TABLE ONLY public.ledger_line
    ADD CONSTRAINT ledger_line_key PRIMARY KEY (tenant_id, journal_id, effective_on, line_count, number);
ALTER TABLE ONLY public.ledger_period
    ADD CONSTRAINT ledger_period_key PRIMARY KEY (tenant_id, month);
ALTER TABLE ONLY public.one_time_password
    ADD CONSTRAINT one_time_password_key PRIMARY KEY (tenant_id, purpose, subject_hash);
ALTER TABLE ONLY public.one_time_password_request
    ADD CONSTRAINT one_time_password_request_key PRIMARY KEY (tenant_id, subject_hash);
ALTER TABLE ONLY public.outbox_cursor
    ADD CONSTRAINT outbox_cursor_key PRIMARY KEY (consumer);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_key PRIMARY KEY (xid, number, tenant_id);
ALTER TABLE ONLY public.principal
    ADD CONSTRAINT principal_key PRIMARY KEY (tenant_id, subject, service);
ALTER TABLE ONLY public.quota
    ADD CONSTRAINT quota_key PRIMARY KEY (tenant_id, kind, name, class);
ALTER TABLE ONLY public.quota_lease
    ADD CONSTRAINT quota_lease_key PRIMARY KEY (tenant_id, kind, name, class, process_id);
ALTER TABLE ONLY public.quota_process
    ADD CONSTRAINT quota_process_key PRIMARY KEY (id);
ALTER TABLE ONLY public.revoked_token
    ADD CONSTRAINT revoked_token_key PRIMARY KEY (tenant_id, token_id);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (service, number);
ALTER TABLE ONLY public.sealed_column
    ADD CONSTRAINT sealed_column_key PRIMARY KEY (table_name, column_name);
ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_key PRIMARY KEY (issuer, kid);
ALTER TABLE ONLY public.subject_epoch
    ADD CONSTRAINT subject_epoch_key PRIMARY KEY (tenant_id, subject);
ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_key PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.token_grant
    ADD CONSTRAINT token_grant_key PRIMARY KEY (tenant_id, id);
CREATE INDEX delivery_by_change ON public.delivery USING btree (changed_at);
CREATE INDEX delivery_by_recipient ON public.delivery USING btree (tenant_id, recipient, id) WHERE (recipient <> ''::text);
CREATE INDEX delivery_by_state ON public.delivery USING btree (tenant_id, state, id) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'accepted'::text, 'refused'::text, 'unknown'::text]));
CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);
CREATE INDEX job_expiry ON public.job USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX job_in_state ON public.job USING btree (tenant_id, state, id) WHERE (state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text, 'done'::text, 'dead'::text, 'cancelled'::text]));
CREATE INDEX job_ready ON public.job USING btree (queue, tenant_id, rank, id) WHERE (state = 'ready'::text);
CREATE INDEX job_running ON public.job USING btree (queue, tenant_id) WHERE (state = 'running'::text);
CREATE INDEX job_scheduled ON public.job USING btree (queue, run_at) WHERE (state = 'scheduled'::text);
CREATE INDEX job_sequence ON public.job USING btree (tenant_id, queue, sequence_key, id) WHERE ((sequence_key IS NOT NULL) AND (state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text])));
CREATE UNIQUE INDEX job_sequence_running ON public.job USING btree (tenant_id, queue, sequence_key) WHERE ((sequence_key IS NOT NULL) AND (state = 'running'::text));
CREATE UNIQUE INDEX job_unique ON public.job USING btree (tenant_id, kind, unique_key) WHERE ((unique_key IS NOT NULL) AND (state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text])));
CREATE INDEX lead_by_score ON public.lead USING btree (tenant_id, score, id);
CREATE INDEX lead_by_source ON public.lead USING btree (source, tenant_id, id);
CREATE INDEX lead_by_status ON public.lead USING btree (status, tenant_id, id);
CREATE UNIQUE INDEX lead_email_taken ON public.lead USING btree (email_normalised, tenant_id);
CREATE INDEX lead_tag_by_lead ON public.lead_tag USING btree (tenant_id, lead_id);
CREATE INDEX ledger_journal_by_document ON public.ledger_journal USING btree (document_id, tenant_id);
CREATE INDEX ledger_line_by_account ON public.ledger_line USING btree (party_id, account, tenant_id, effective_on, journal_id);
CREATE INDEX one_time_password_by_end ON public.one_time_password USING btree (expires_at);
CREATE INDEX one_time_password_request_by_age ON public.one_time_password_request USING btree ((requested_at[cardinality(requested_at)]));
CREATE INDEX quota_lease_by_process ON public.quota_lease USING btree (process_id);
CREATE INDEX revoked_token_by_change ON public.revoked_token USING btree (changed_in);
CREATE INDEX revoked_token_by_end ON public.revoked_token USING btree (expires_at);
CREATE INDEX subject_epoch_by_change ON public.subject_epoch USING btree (changed_in);
CREATE INDEX subject_epoch_by_time ON public.subject_epoch USING btree (not_before);
CREATE INDEX token_grant_by_end ON public.token_grant USING btree (expires_at);
CREATE INDEX token_grant_by_source ON public.token_grant USING btree (tenant_id, source_token_id);
CREATE TRIGGER document_series_step BEFORE INSERT OR UPDATE OF prefix, start_year, last_sequence ON public.document_series FOR EACH ROW EXECUTE FUNCTION public.document_series_step();
CREATE TRIGGER lead_status_follows BEFORE UPDATE OF status ON public.lead FOR EACH ROW WHEN ((old.status <> new.status)) EXECUTE FUNCTION public.lead_check_status();
CREATE TRIGGER lead_tags_of_changed AFTER UPDATE ON public.lead FOR EACH ROW WHEN (((old.tags <> new.tags) OR (((old.deleted_at IS NULL) <> (new.deleted_at IS NULL)) AND (cardinality(old.tags) > 0)))) EXECUTE FUNCTION public.lead_keep_tags();
CREATE TRIGGER lead_tags_of_new AFTER INSERT ON public.lead FOR EACH ROW WHEN ((cardinality(new.tags) > 0)) EXECUTE FUNCTION public.lead_keep_tags();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_journal FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_append_only();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_line FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_append_only();
CREATE TRIGGER ledger_change_period BEFORE INSERT OR UPDATE ON public.ledger_period FOR EACH ROW EXECUTE FUNCTION public.ledger_change_period();
CREATE CONSTRAINT TRIGGER ledger_check_journal AFTER INSERT ON public.ledger_journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.ledger_check_journal();
CREATE TRIGGER ledger_count_lines AFTER INSERT ON public.ledger_line REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_count_lines();
CREATE TRIGGER ledger_period_open BEFORE INSERT ON public.ledger_journal FOR EACH ROW EXECUTE FUNCTION public.ledger_demand_open_period();
CREATE TRIGGER quota_changed AFTER INSERT OR DELETE OR UPDATE ON public.quota FOR EACH STATEMENT EXECUTE FUNCTION public.quota_changed();
CREATE TRIGGER revoked_token_changed AFTER INSERT OR UPDATE ON public.revoked_token FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER revoked_token_stamped BEFORE INSERT OR UPDATE ON public.revoked_token FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER signing_key_changed AFTER INSERT OR UPDATE ON public.signing_key FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER subject_epoch_changed AFTER INSERT OR UPDATE ON public.subject_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER subject_epoch_stamped BEFORE INSERT OR UPDATE ON public.subject_epoch FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER tenant_changed AFTER INSERT OR UPDATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER tenant_stamped BEFORE INSERT OR UPDATE ON public.tenant FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER token_grant_changed AFTER UPDATE ON public.token_grant FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
ALTER TABLE ONLY public.job_error
    ADD CONSTRAINT job_error_job FOREIGN KEY (tenant_id, job_id) REFERENCES public.job(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.lead_import_refusal
    ADD CONSTRAINT lead_import_refusal_import FOREIGN KEY (tenant_id, import_id) REFERENCES public.lead_import(tenant_id, import_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.lead_tag
    ADD CONSTRAINT lead_tag_lead FOREIGN KEY (tenant_id, lead_id) REFERENCES public.lead(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ledger_journal
    ADD CONSTRAINT ledger_journal_reverses FOREIGN KEY (tenant_id, reverses_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.ledger_line
    ADD CONSTRAINT ledger_line_journal FOREIGN KEY (tenant_id, journal_id, effective_on, line_count) REFERENCES public.ledger_journal(tenant_id, id, effective_on, line_count);
CREATE POLICY counter ON public.ledger_balance TO switchboard_owner USING (true) WITH CHECK (true);
CREATE POLICY counter ON public.ledger_day TO switchboard_owner USING (true) WITH CHECK (true);
ALTER TABLE public.delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.document_series ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job_error ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job_slot ENABLE ROW LEVEL SECURITY;
CREATE POLICY keeper ON public.delivery FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY keeper ON public.idempotency_key FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY keeper ON public.one_time_password FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY keeper ON public.one_time_password_request FOR SELECT TO switchboard_owner USING (true);
ALTER TABLE public.lead ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lead_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lead_import_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lead_tag ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_balance ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.one_time_password ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.one_time_password_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.principal ENABLE ROW LEVEL SECURITY;
CREATE POLICY purger ON public.delivery FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.idempotency_key FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.one_time_password FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.one_time_password_request FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.outbox FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.principal FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.revoked_token FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.subject_epoch FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger ON public.token_grant FOR DELETE TO switchboard_owner USING (true);
CREATE POLICY purger_reads ON public.principal FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY purger_reads ON public.token_grant FOR SELECT TO switchboard_owner USING (true);
ALTER TABLE public.quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.quota_lease ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader ON public.outbox FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY reader ON public.quota FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY reader ON public.revoked_token FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY reader ON public.subject_epoch FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY reader ON public.tenant FOR SELECT TO switchboard_owner USING (true);
ALTER TABLE public.revoked_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY sharer ON public.quota_lease TO switchboard_owner USING (true) WITH CHECK (true);
ALTER TABLE public.subject_epoch ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public.delivery USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.document_series USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.idempotency_key USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.job USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.job_error USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.job_slot USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.lead USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.lead_import USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.lead_import_refusal USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.lead_tag USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.ledger_balance USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.ledger_day USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.ledger_journal USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.ledger_line USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.ledger_period USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.one_time_password USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.one_time_password_request USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.outbox USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.principal USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.quota USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.quota_lease USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.revoked_token USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.subject_epoch USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
ALTER TABLE public.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public.tenant USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.token_grant USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
ALTER TABLE public.token_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON public.job TO switchboard_owner USING (true) WITH CHECK (true);
CREATE POLICY workers ON public.job_error TO switchboard_owner USING (true) WITH CHECK (true);
REVOKE ALL ON FUNCTION public.delivery_purge(most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delivery_purge(most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.idempotency_key_begin(lock bigint, wanted text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.idempotency_key_begin(lock bigint, wanted text) TO switchboard_app;
REVOKE ALL ON FUNCTION public.idempotency_key_purge(most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.idempotency_key_purge(most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.identity_changed() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.identity_refusals(longest_life_seconds bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.identity_refusals(longest_life_seconds bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.identity_refusals_since(since bigint, longest_life_seconds bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.identity_refusals_since(since bigint, longest_life_seconds bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.identity_stamp() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.job_beat(worker uuid, lease_microseconds bigint, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_beat(worker uuid, lease_microseconds bigint, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_claim(worker uuid, from_queue text, kinds text[], wanted integer, after_tenant text, queue_cap integer, tenant_cap integer, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_claim(worker uuid, from_queue text, kinds text[], wanted integer, after_tenant text, queue_cap integer, tenant_cap integer, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_complete(worker uuid, job_id uuid, job_fence bigint, reply_type text, reply bytea, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_complete(worker uuid, job_id uuid, job_fence bigint, reply_type text, reply bytea, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_finish(worker uuid, tenants text[], ids uuid[], fences bigint[], shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_finish(worker uuid, tenants text[], ids uuid[], fences bigint[], shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_purge(wanted integer, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_purge(wanted integer, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_put_back(worker uuid, from_queue text, known uuid[], shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_put_back(worker uuid, from_queue text, known uuid[], shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_ready_tenants(from_queue text, after_tenant text, last text, wanted integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.job_register(worker uuid, worker_name text, lease_microseconds bigint, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_register(worker uuid, worker_name text, lease_microseconds bigint, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_rescue(shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_rescue(shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.job_retire(worker uuid, shift bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.job_retire(worker uuid, shift bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.ledger_count_lines() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.one_time_password_purge(most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_time_password_purge(most bigint) TO switchboard_app;
GRANT INSERT ON TABLE public.outbox TO switchboard_app;
REVOKE ALL ON FUNCTION public.outbox_after(after_xid bigint, after_number bigint, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.outbox_after(after_xid bigint, after_number bigint, most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.outbox_purge(older_than_seconds bigint, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.outbox_purge(older_than_seconds bigint, most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.principal_purge(ended_seconds_ago bigint, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.principal_purge(ended_seconds_ago bigint, most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_all() FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_all() TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_beat(process uuid, process_name text, lease_microseconds bigint, memory_microseconds bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_beat(process uuid, process_name text, lease_microseconds bigint, memory_microseconds bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_changed() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.quota_lease_drop(tenants text[], kinds text[], names text[], classes text[], process uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_lease_drop(tenants text[], kinds text[], names text[], classes text[], process uuid) TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_lease_put(tenants text[], kinds text[], names text[], classes text[], process_ids uuid[], units bigint[], wanted double precision[], owed_until timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_lease_put(tenants text[], kinds text[], names text[], classes text[], process_ids uuid[], units bigint[], wanted double precision[], owed_until timestamp with time zone[]) TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_leases() FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_leases() TO switchboard_app;
REVOKE ALL ON FUNCTION public.quota_leave(process uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.quota_leave(process uuid) TO switchboard_app;
REVOKE ALL ON FUNCTION public.revoked_token_purge(most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoked_token_purge(most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.sealed_keys(of_table text, of_column text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sealed_keys(of_table text, of_column text) TO switchboard_app;
REVOKE ALL ON FUNCTION public.sealed_pages(of_table text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sealed_pages(of_table text) TO switchboard_app;
REVOKE ALL ON FUNCTION public.sealed_rewrap(of_table text, of_column text, places text[], old_values text[], new_values text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sealed_rewrap(of_table text, of_column text, places text[], old_values text[], new_values text[]) TO switchboard_app;
REVOKE ALL ON FUNCTION public.sealed_values(of_table text, of_column text, first_page bigint, pages bigint, but_for bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.sealed_values(of_table text, of_column text, first_page bigint, pages bigint, but_for bytea) TO switchboard_app;
REVOKE ALL ON FUNCTION public.subject_epoch_purge(kept_seconds bigint, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.subject_epoch_purge(kept_seconds bigint, most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.token_grant_purge(most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_grant_purge(most bigint) TO switchboard_app;
REVOKE ALL ON FUNCTION public.token_grants_live(tenants text[], ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_grants_live(tenants text[], ids uuid[]) TO switchboard_app;
REVOKE ALL ON FUNCTION public.token_is_revoked(tenant text, token text, names text[], issued timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.token_is_revoked(tenant text, token text, names text[], issued timestamp with time zone) TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.delivery TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.document_series TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.idempotency_key TO switchboard_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.job TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.job_error TO switchboard_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.job_slot TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.lead_import TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.lead_import_refusal TO switchboard_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.lead_tag TO switchboard_app;
GRANT SELECT ON TABLE public.ledger_balance TO switchboard_app;
GRANT SELECT ON TABLE public.ledger_day TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.ledger_journal TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.ledger_line TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.ledger_period TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.one_time_password TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.one_time_password_request TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.outbox_cursor TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.principal TO switchboard_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota TO switchboard_app;
GRANT SELECT ON TABLE public.quota_lease TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.revoked_token TO switchboard_app;
GRANT SELECT ON TABLE public.schema_migration TO PUBLIC;
GRANT SELECT ON TABLE public.sealed_column TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(sealed_private_key) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(state) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(signs_from) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(retired_at) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(public_key_proof) ON TABLE public.signing_key TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.subject_epoch TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tenant TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.token_grant TO switchboard_app;
GRANT UPDATE(revoked_at) ON TABLE public.token_grant TO switchboard_app;
