CREATE FUNCTION public.bill_line_keep() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    IF to_jsonb(NEW) - '{released_at,is_owed}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{released_at,is_owed}'::text[]
        OR OLD.released_at IS DISTINCT FROM NEW.released_at AND OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'what was billed stays on record'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_line_immutable', TABLE = 'bill_line';
    END IF;
    IF OLD.released_at IS NULL AND NEW.released_at IS NOT NULL THEN
        IF NEW.is_owed <> (NEW.kind <> 'meeting') OR NOT EXISTS (
            SELECT FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id AND status = 'cancelled'
        ) THEN
            RAISE EXCEPTION 'what an invoice has billed is owed again when it is cancelled'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_line_cancelled', TABLE = 'bill_line', COLUMN = 'released_at';
        END IF;
    ELSIF OLD.is_owed IS DISTINCT FROM NEW.is_owed AND NOT (OLD.is_owed AND EXISTS (
        SELECT FROM bill_line AS again
        WHERE again.tenant_id = NEW.tenant_id AND again.subscription_id = NEW.subscription_id AND again.kind = NEW.kind
            AND again.period_from = NEW.period_from AND again.released_at IS NULL
            AND (again.plan_id, again.meter, again.units_from, again.units_through)
                IS NOT DISTINCT FROM (NEW.plan_id, NEW.meter, NEW.units_from, NEW.units_through)
    )) THEN
        RAISE EXCEPTION 'what is owed again is owed until another bill has it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bill_line_again', TABLE = 'bill_line', COLUMN = 'is_owed';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.billing_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END
$$;
CREATE FUNCTION public.credit_note_check_sums() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    sums record;
BEGIN
    SELECT count(*) AS lines, sum(taxable) AS taxable, sum(cgst) AS cgst, sum(sgst) AS sgst, sum(igst) AS igst, sum(cess) AS cess,
        bool_and(invoice_id = NEW.invoice_id) AS is_own
    INTO sums FROM credit_note_line WHERE tenant_id = NEW.tenant_id AND credit_note_id = NEW.id;
    IF NOT coalesce(sums.is_own, false) OR (sums.lines, sums.taxable, sums.cgst, sums.sgst, sums.igst, sums.cess) IS DISTINCT FROM (
        NEW.line_count::bigint, NEW.taxable::numeric, NEW.cgst::numeric, NEW.sgst::numeric, NEW.igst::numeric, NEW.cess::numeric
    ) THEN
        RAISE EXCEPTION 'credit note % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_sums', TABLE = 'credit_note';
    END IF;
    IF EXISTS (
        SELECT FROM invoice_line AS line JOIN (
            SELECT line_number, sum(quantity) AS quantity, sum(l.taxable) AS taxable, sum(l.cgst) AS cgst, sum(l.igst) AS igst, sum(l.cess) AS cess
            FROM credit_note_line AS l JOIN credit_note AS note ON (note.tenant_id, note.id) = (l.tenant_id, l.credit_note_id)
            WHERE l.tenant_id = NEW.tenant_id AND l.invoice_id = NEW.invoice_id AND note.status = 'issued' GROUP BY line_number
        ) AS taken ON taken.line_number = line.number
        WHERE line.tenant_id = NEW.tenant_id AND line.invoice_id = NEW.invoice_id AND (
            taken.quantity > line.quantity OR taken.taxable > line.taxable OR taken.cgst > line.cgst OR taken.igst > line.igst
            OR taken.cess > line.cess
        )
    ) THEN
        RAISE EXCEPTION 'more is taken off a line of invoice % than it has', NEW.invoice_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_within', TABLE = 'credit_note_line';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.credit_note_keep() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'issued' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'a credit note begins as issued'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_begins', TABLE = 'credit_note', COLUMN = 'status';
        END IF;
        -- Two notes against one invoice come one after the other, whoever writes them.
        PERFORM FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id FOR UPDATE;
        RETURN NEW;
    END IF;
    IF NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'a credit note is nobody else''s'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'credit_note_tenant', TABLE = 'credit_note', COLUMN = 'tenant_id';
    END IF;
    IF NEW.status <> OLD.status AND NOT (OLD.status = 'issued' AND NEW.status = 'cancelled') THEN
        RAISE EXCEPTION 'a credit note cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_transition', TABLE = 'credit_note', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a credit note makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_version_follows', TABLE = 'credit_note', COLUMN = 'version';
    END IF;
    IF to_jsonb(NEW) - '{version,status,updated_at,cancel_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{version,status,updated_at,cancel_reason}'::text[]
    THEN
        RAISE EXCEPTION 'credit note % is issued: it does not change', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_immutable', TABLE = 'credit_note';
    END IF;
    RETURN NEW;
END
$$;
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
CREATE FUNCTION public.invoice_check_sums() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    now_is invoice;
    sums record;
BEGIN
    SELECT * INTO now_is FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    SELECT count(*) AS lines, sum(gross) AS gross, sum(discount + bill_discount) AS discount, sum(taxable) AS taxable, sum(cgst) AS cgst,
        sum(sgst) AS sgst, sum(igst) AS igst, sum(cess) AS cess, sum(cost) AS cost
    INTO sums FROM invoice_line WHERE tenant_id = NEW.tenant_id AND invoice_id = NEW.id;
    IF (sums.lines, sums.gross, sums.discount, sums.taxable, sums.cgst, sums.sgst, sums.igst, sums.cess, sums.cost) IS DISTINCT FROM (
        now_is.line_count::bigint, now_is.gross::numeric, now_is.discount::numeric, now_is.taxable::numeric, now_is.cgst::numeric,
        now_is.sgst::numeric, now_is.igst::numeric, now_is.cess::numeric, now_is.cost::numeric
    ) THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_sums', TABLE = 'invoice';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.invoice_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- What is issued was a draft before, so that its day and its number are drawn in one place; what is converted has its own way.
        IF NEW.status NOT IN ('draft', 'proforma', 'issued', 'paid') OR NEW.version <> 1 OR NEW.paid <> 0 OR NEW.credited <> 0 THEN
            RAISE EXCEPTION 'no invoice begins as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_begins', TABLE = 'invoice', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'an invoice is nobody else''s'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'invoice_tenant', TABLE = 'invoice', COLUMN = 'tenant_id';
    END IF;
    IF NEW.status <> OLD.status AND NOT invoice_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'an invoice cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_transition', TABLE = 'invoice', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of an invoice makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_version_follows', TABLE = 'invoice', COLUMN = 'version';
    END IF;
    IF OLD.status <> 'draft' AND (
        to_jsonb(NEW) - '{version,status,paid,credited,updated_at,converted_into,cancel_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{version,status,paid,credited,updated_at,converted_into,cancel_reason}'::text[]
    ) THEN
        RAISE EXCEPTION 'invoice % is issued: it does not change', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_immutable', TABLE = 'invoice';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.invoice_line_added() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    of_one record;
BEGIN
    FOR of_one IN SELECT tenant_id, invoice_id, max(number) AS number FROM added GROUP BY 1, 2 LOOP
        IF EXISTS (SELECT FROM invoice WHERE tenant_id = of_one.tenant_id AND id = of_one.invoice_id AND line_count < of_one.number) THEN
            RAISE EXCEPTION 'an invoice has no more lines than it says'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_within', TABLE = 'invoice_line', COLUMN = 'number';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.invoice_line_removed() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    of_one record;
BEGIN
    FOR of_one IN SELECT DISTINCT tenant_id, invoice_id FROM removed LOOP
        IF EXISTS (SELECT FROM invoice WHERE tenant_id = of_one.tenant_id AND id = of_one.invoice_id AND status <> 'draft') THEN
            RAISE EXCEPTION 'the lines of an invoice that is issued stay'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_immutable', TABLE = 'invoice_line';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.invoice_may_become(old_status text, new_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE old_status
        WHEN 'draft' THEN new_status IN ('issued', 'paid', 'void')
        WHEN 'proforma' THEN new_status IN ('converted', 'expired', 'void')
        WHEN 'issued' THEN new_status IN ('partial', 'paid', 'cancelled')
        WHEN 'partial' THEN new_status IN ('paid', 'issued', 'cancelled')
        WHEN 'paid' THEN new_status IN ('partial', 'issued')
        ELSE false
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
CREATE FUNCTION public.ledger_count_journal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
    DECLARE
        counted bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(ledger_sums_lock(NEW.tenant_id));
        WITH posted AS MATERIALIZED (
            SELECT * FROM ledger_line WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id
        ), balances AS (
            INSERT INTO ledger_balance AS kept (tenant_id, account, party_id, currency, debit, credit)
            SELECT tenant_id, account, party_id, currency, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, account, party_id, currency) DO UPDATE
                SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit
        ), days AS (
            INSERT INTO ledger_day AS kept (tenant_id, account, currency, effective_on, debit, credit)
            SELECT tenant_id, account, currency, effective_on, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, account, currency, effective_on) DO UPDATE
                SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit
        )
        SELECT count(*) INTO counted FROM posted;
        -- Who asks for it before all lines are there would have the others counted never.
        IF counted <> NEW.line_count THEN
            RAISE EXCEPTION 'journal % says it has % lines and has %', NEW.id, NEW.line_count, counted
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_complete', TABLE = 'ledger_journal';
        END IF;
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
CREATE FUNCTION public.ledger_horizon() RETURNS xid8
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
CREATE FUNCTION public.ledger_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a journal that is posted is never changed or removed: post its reversal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only', TABLE = TG_TABLE_NAME;
END
$$;
CREATE FUNCTION public.ledger_period_keep_filed() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    IF NOT NEW.is_closed AND EXISTS (SELECT FROM tax_period WHERE tenant_id = NEW.tenant_id AND month = NEW.month) THEN
        RAISE EXCEPTION 'the return of % is filed', NEW.month
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_filed', TABLE = 'ledger_period', COLUMN = 'is_closed';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.ledger_period_lock(tenant text, month date) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT hashtextextended('ledger_period ' || (month - '2000-01-01'::date)::text || ' ' || tenant, 0)
$$;
CREATE FUNCTION public.ledger_seal_follows() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    last ledger_seal;
BEGIN
    SELECT * INTO last FROM ledger_seal WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last.number, 0) + 1
        OR NEW.previous_digest <> coalesce(last.digest, decode(repeat('00', 32), 'hex'))
        OR (NEW.first_posted_in, NEW.first_id) <= (last.last_posted_in, last.last_id)
    THEN
        RAISE EXCEPTION 'seal % does not follow the last one', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_seal_follows', TABLE = 'ledger_seal', COLUMN = 'number';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.ledger_sums_lock(tenant text) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT hashtextextended('ledger_sums ' || tenant, 0)
$$;
CREATE FUNCTION public.ledger_tenants_to_seal(after text, most bigint) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
        WITH RECURSIVE found AS (
            SELECT (SELECT min(tenant_id) FROM public.ledger_journal WHERE tenant_id > after COLLATE "C") AS tenant_id
            UNION ALL
            SELECT (SELECT min(tenant_id) FROM public.ledger_journal WHERE tenant_id > found.tenant_id) FROM found
            WHERE found.tenant_id IS NOT NULL
        )
        SELECT found.tenant_id FROM found
        LEFT JOIN LATERAL (
            SELECT last_posted_in, last_id FROM public.ledger_seal AS s WHERE s.tenant_id = found.tenant_id ORDER BY number DESC LIMIT 1
        ) AS last ON true
        WHERE found.tenant_id IS NOT NULL AND EXISTS (
            SELECT FROM public.ledger_journal AS j
            WHERE j.tenant_id = found.tenant_id AND j.posted_in < (SELECT public.ledger_horizon())
                AND (j.posted_in, j.id) > (
                    coalesce(last.last_posted_in, '0'::xid8), coalesce(last.last_id, '00000000-0000-0000-0000-000000000000'::uuid)
                )
        )
        LIMIT most
    $$;
CREATE FUNCTION public.meeting_demand_cancelled_bill() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM invoice WHERE tenant_id = OLD.tenant_id AND id = OLD.invoice_id AND status = 'cancelled') THEN
        RAISE EXCEPTION 'the fee of a meeting is owed again when its invoice is cancelled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_bill_cancelled', TABLE = 'meeting', COLUMN = 'status';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.meeting_fee_may_become(old_status text, new_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE old_status
        WHEN 'pending' THEN new_status IN ('earned', 'void')
        WHEN 'earned' THEN new_status IN ('billed', 'void')
        WHEN 'billed' THEN new_status IN ('credited', 'earned')
        ELSE false
    END
$$;
CREATE FUNCTION public.meeting_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    changing text[] := '{version,status,fee,attended_minutes,ordinal,void_reason,invoice_id,invoice_line,billed_on,credit_note_id,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a meeting makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_version_follows', TABLE = 'meeting', COLUMN = 'version';
    END IF;
    IF NEW.status <> OLD.status AND NOT meeting_fee_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'the fee of a meeting cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_transition', TABLE = 'meeting', COLUMN = 'status';
    END IF;
    -- The price of what was earned is settled.
    IF OLD.status <> 'pending' THEN changing := '{version,status,void_reason,invoice_id,invoice_line,billed_on,credit_note_id,updated_at}'; END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'what was booked does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_immutable', TABLE = 'meeting';
    END IF;
    RETURN NEW;
END
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
CREATE FUNCTION public.payment_allocation_check() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    bill invoice;
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.payment_id);
    SELECT * INTO bill FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id;
    IF bill.paid <> (
        SELECT coalesce(sum(amount), 0) FROM payment_allocation
        WHERE tenant_id = NEW.tenant_id AND invoice_id = NEW.invoice_id AND released_by IS NULL
    ) THEN
        RAISE EXCEPTION 'what is paid of invoice % is not what payments pay of it', bill.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_sums', TABLE = 'payment_allocation';
    END IF;
    IF bill.currency <> (SELECT currency FROM payment WHERE tenant_id = NEW.tenant_id AND id = NEW.payment_id) THEN
        RAISE EXCEPTION 'invoice % is in another currency than its payment', bill.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_currency', TABLE = 'payment_allocation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.payment_allocation_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.released_by IS NOT NULL OR NEW.released_by IS NULL
        OR to_jsonb(NEW) - '{released_by,released_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{released_by,released_at}'::text[] THEN
        RAISE EXCEPTION 'an allocation is released once, and does not change otherwise'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_released_once', TABLE = 'payment_allocation';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.payment_check() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE FUNCTION public.payment_check_sums(tenant text, payment_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    now_is payment;
    pays bigint;
BEGIN
    SELECT * INTO now_is FROM payment WHERE payment.tenant_id = tenant AND id = payment_id;
    SELECT coalesce(sum(amount) FILTER (WHERE released_by IS NULL), 0) INTO pays FROM payment_allocation
    WHERE payment_allocation.tenant_id = tenant AND payment_allocation.payment_id = now_is.id;
    IF pays <> now_is.allocated OR now_is.amount <> (
        SELECT coalesce(sum(amount), 0) FROM payment_tender
        WHERE payment_tender.tenant_id = tenant AND payment_tender.payment_id = now_is.id
    ) OR now_is.refunded <> (
        SELECT coalesce(sum(amount), 0) FROM refund WHERE refund.tenant_id = tenant AND refund.payment_id = now_is.id
    ) THEN
        RAISE EXCEPTION 'payment % is not the sum of its tenders, allocations and refunds', now_is.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_sums', TABLE = 'payment';
    END IF;
    IF now_is.receipt_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM payment_receipt WHERE payment_receipt.tenant_id = tenant AND id = now_is.receipt_id
            AND (status = 'matched' OR now_is.status = 'reversed') AND (currency, amount) = (now_is.currency, now_is.amount)
    ) THEN
        RAISE EXCEPTION 'the receipt of payment % is not matched with it, or of another amount', now_is.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_fits', TABLE = 'payment';
    END IF;
END
$$;
CREATE FUNCTION public.payment_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    -- What its course changes; and what is known only once the money came.
    changing text[] := '{version,status,allocated,unallocated,refunded,allocation_count,end_reason,updated_at}';
    coming text[] := '{series,start_year,sequence,number,amount,paid_on,receipt_id}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('pending', 'completed') OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'no payment begins as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_begins', TABLE = 'payment', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status AND NOT payment_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'a payment cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_transition', TABLE = 'payment', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a payment makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_version_follows', TABLE = 'payment', COLUMN = 'version';
    END IF;
    -- Nobody has to have noted that a hold is over.
    IF OLD.status = 'pending' AND (NEW.status = 'completed' AND NEW.updated_at >= OLD.held_until
        OR NEW.status = 'expired' AND NEW.updated_at < OLD.held_until) THEN
        RAISE EXCEPTION 'a hold is captured before its end, and expires at it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_hold_end', TABLE = 'payment', COLUMN = 'held_until';
    END IF;
    IF OLD.status = 'pending' AND NEW.status = 'completed' THEN changing := changing || coming; END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'what came, from whom and for which receipt does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_immutable', TABLE = 'payment';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.payment_may_become(old_status text, new_status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE old_status
        WHEN 'pending' THEN new_status IN ('completed', 'failed', 'expired', 'void')
        WHEN 'completed' THEN new_status IN ('partially_refunded', 'refunded', 'reversed')
        WHEN 'partially_refunded' THEN new_status IN ('refunded')
        ELSE false
    END
$$;
CREATE FUNCTION public.payment_part_check() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.payment_id);
    RETURN NULL;
END
$$;
CREATE FUNCTION public.payment_receipt_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'unmatched' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'a receipt begins unmatched'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_begins', TABLE = 'payment_receipt', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (('unmatched', 'matched'), ('matched', 'unmatched'), ('matched', 'reversed')) THEN
        RAISE EXCEPTION 'a receipt cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_transition', TABLE = 'payment_receipt', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1
        OR to_jsonb(NEW) - '{version,status,updated_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,status,updated_at}'::text[] THEN
        RAISE EXCEPTION 'what came does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_immutable', TABLE = 'payment_receipt';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.plan_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    changing text[] := '{version,is_retired,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a plan makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_version_follows', TABLE = 'plan', COLUMN = 'version';
    END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'of a plan only its sale may end; its terms have versions'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_immutable', TABLE = 'plan';
    END IF;
    RETURN NEW;
END
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
CREATE FUNCTION public.reminder_check_new_occurrence() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NEW.state <> 'pending' THEN
        RAISE EXCEPTION 'a reminder begins as pending'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_transition', TABLE = 'reminder_occurrence';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.reminder_check_occurrence() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT public.reminder_may_become(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a reminder cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_transition', TABLE = 'reminder_occurrence';
    END IF;
    IF NEW.due_at IS DISTINCT FROM OLD.due_at AND (OLD.state <> 'pending' OR OLD.attempt > 0) THEN
        RAISE EXCEPTION 'the time of what was sent does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_due_at_fixed', TABLE = 'reminder_occurrence';
    END IF;
    IF NEW.reminder_id IS DISTINCT FROM OLD.reminder_id OR NEW.attempt < OLD.attempt THEN
        RAISE EXCEPTION 'an occurrence stays its reminder''s, and its attempts are counted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_occurrence_fixed', TABLE = 'reminder_occurrence';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.reminder_may_become(old_state text, new_state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE old_state
        WHEN 'pending' THEN new_state IN ('sending', 'cancelled', 'expired')
        WHEN 'sending' THEN new_state IN ('sent', 'failed', 'unknown', 'pending')
        WHEN 'unknown' THEN new_state IN ('sent', 'failed')
        WHEN 'failed' THEN new_state = 'pending'
        ELSE false
    END
$$;
CREATE FUNCTION public.reminder_show_occurrence() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    UPDATE public.reminder SET state = NEW.state, due_at = NEW.due_at
    WHERE tenant_id = NEW.tenant_id AND id = NEW.reminder_id AND (state, due_at) IS DISTINCT FROM (NEW.state, NEW.due_at)
        AND NOT EXISTS (
            SELECT FROM public.reminder_occurrence AS later
            WHERE later.tenant_id = NEW.tenant_id AND later.reminder_id = NEW.reminder_id AND later.due_at > NEW.due_at
        );
    RETURN NULL;
END
$$;
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
CREATE FUNCTION public.subscription_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    changing text[] := '{version,billed_through,refused_on,ends_on,cancel_reason,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a subscription makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_version_follows', TABLE = 'subscription', COLUMN = 'version';
    END IF;
    IF OLD.billed_through IS NOT NULL AND NEW.billed_through IS DISTINCT FROM OLD.billed_through
        AND (NEW.billed_through IS NULL OR NEW.billed_through <= OLD.billed_through) THEN
        RAISE EXCEPTION 'what is billed of a subscription stays billed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_billed_forward', TABLE = 'subscription', COLUMN = 'billed_through';
    END IF;
    IF OLD.ends_on IS NOT NULL AND NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN
        RAISE EXCEPTION 'a subscription is cancelled once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_cancelled_once', TABLE = 'subscription', COLUMN = 'ends_on';
    END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'whose a subscription is and when it began does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_immutable', TABLE = 'subscription';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.subscription_phase_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    phase subscription_phase := coalesce(NEW, OLD);
BEGIN
    IF EXISTS (
        SELECT FROM subscription
        WHERE subscription.tenant_id = phase.tenant_id AND subscription.id = phase.subscription_id
            AND subscription.billed_through >= phase.from_day
    ) THEN
        RAISE EXCEPTION 'what is billed of a subscription stays what it was of'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_phase_billed', TABLE = 'subscription_phase';
    END IF;
    RETURN phase;
END
$$;
CREATE FUNCTION public.tax_period_demand_open() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    first date := date_trunc('month', NEW.issued_on::timestamp)::date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_period_lock(NEW.tenant_id, first));
    IF EXISTS (SELECT FROM tax_period WHERE tenant_id = NEW.tenant_id AND month = first) THEN
        RAISE EXCEPTION 'the return of % is filed', first
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_period_filed', TABLE = TG_TABLE_NAME, COLUMN = 'issued_on';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.tax_period_file() RETURNS trigger
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_period_lock(NEW.tenant_id, NEW.month));
    IF NOT EXISTS (SELECT FROM ledger_period WHERE tenant_id = NEW.tenant_id AND month = NEW.month AND is_closed) THEN
        RAISE EXCEPTION 'the month of % is open', NEW.month
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_period_closed', TABLE = 'tax_period', COLUMN = 'month';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.tax_period_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'a return that is filed stays filed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_period_append_only', TABLE = 'tax_period';
END
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
CREATE FUNCTION public.usage_total_keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.units < OLD.units OR NEW.billed_units < OLD.billed_units
        OR to_jsonb(NEW) - '{units,billed_units}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{units,billed_units}'::text[] THEN
        RAISE EXCEPTION 'a sum of usage only grows'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_total_grows', TABLE = 'usage_total';
    END IF;
    RETURN NEW;
END
$$;
CREATE TABLE public.bill_line (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    invoice_id uuid NOT NULL,
    line_number smallint NOT NULL,
    subscription_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    period_from date NOT NULL,
    period_through date NOT NULL,
    plan_id uuid,
    plan_version integer,
    meter text COLLATE pg_catalog."C",
    units_from bigint,
    units_through bigint,
    meeting_id uuid,
    released_at timestamp with time zone,
    is_owed boolean DEFAULT false NOT NULL,
    CONSTRAINT bill_line_days CHECK ((period_through >= period_from)),
    CONSTRAINT bill_line_kind CHECK (
CASE kind
    WHEN 'recurring'::text THEN ((num_nonnulls(plan_id, plan_version) = 2) AND (num_nonnulls(meter, units_from, units_through, meeting_id) = 0))
    WHEN 'usage'::text THEN ((num_nonnulls(plan_id, plan_version, meter, units_from, units_through) = 5) AND (meeting_id IS NULL) AND (units_from >= 0) AND (units_from < units_through))
    WHEN 'meeting'::text THEN ((meeting_id IS NOT NULL) AND (num_nonnulls(plan_id, plan_version, meter, units_from, units_through) = 0))
    ELSE false
END),
    CONSTRAINT bill_line_released CHECK (((NOT is_owed) OR ((num_nonnulls(released_at) = 1) AND (kind <> 'meeting'::text))))
);
ALTER TABLE ONLY public.bill_line FORCE ROW LEVEL SECURITY;
CREATE TABLE public.contact_preference (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    quiet_from smallint NOT NULL,
    quiet_until smallint NOT NULL,
    time_zone text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    weekly_cap smallint NOT NULL,
    monthly_cap smallint NOT NULL,
    channels text[] NOT NULL,
    is_opted_out boolean NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_preference_caps CHECK ((((weekly_cap >= 0) AND (weekly_cap <= 100)) AND ((monthly_cap >= 0) AND (monthly_cap <= 100)))),
    CONSTRAINT contact_preference_channels CHECK (((channels <@ '{email,sms,whatsapp}'::text[]) AND (cardinality(channels) <= 3))),
    CONSTRAINT contact_preference_quiet CHECK ((((quiet_from >= 0) AND (quiet_from <= 1439)) AND ((quiet_until >= 0) AND (quiet_until <= 1439)))),
    CONSTRAINT contact_preference_time_zone CHECK ((octet_length(time_zone) <= 64)),
    CONSTRAINT contact_preference_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.contact_preference FORCE ROW LEVEL SECURITY;
CREATE TABLE public.credit_note (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    series text NOT NULL COLLATE pg_catalog."C",
    start_year smallint NOT NULL,
    sequence bigint NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    issued_on date NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    reason text NOT NULL COLLATE pg_catalog."C",
    notes text DEFAULT ''::text NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    round_off bigint NOT NULL,
    total bigint NOT NULL,
    to_receivable bigint NOT NULL,
    to_advance bigint NOT NULL,
    cost bigint DEFAULT 0 NOT NULL,
    returned_stock boolean NOT NULL,
    line_count smallint NOT NULL,
    cancel_reason text DEFAULT ''::text NOT NULL,
    journal_id uuid,
    issued_at timestamp with time zone NOT NULL,
    issued_by text NOT NULL COLLATE pg_catalog."C",
    updated_at timestamp with time zone NOT NULL,
    released bigint DEFAULT 0 NOT NULL,
    seller_name text,
    seller_gstin text COLLATE pg_catalog."C",
    seller_state smallint,
    seller_address text,
    buyer_name text,
    buyer_address text,
    buyer_state smallint,
    CONSTRAINT credit_note_amounts CHECK (((taxable >= 0) AND (cgst >= 0) AND (sgst = cgst) AND (igst >= 0) AND (cess >= 0) AND (total >= 0) AND (to_receivable >= 0) AND (to_advance >= 0) AND (cost >= 0) AND (total = (((((taxable + cgst) + sgst) + igst) + cess) + round_off)) AND (total = (to_receivable + to_advance)))),
    CONSTRAINT credit_note_cancel_reason CHECK (((char_length(cancel_reason) <= 500) AND ((cancel_reason <> ''::text) = (status = 'cancelled'::text)))),
    CONSTRAINT credit_note_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT credit_note_issued_by CHECK ((issued_by <> ''::text)),
    CONSTRAINT credit_note_line_count CHECK (((line_count >= 1) AND (line_count <= 500))),
    CONSTRAINT credit_note_notes CHECK ((char_length(notes) <= 500)),
    CONSTRAINT credit_note_number CHECK ((number ~ '^[A-Za-z0-9/-]{1,16}$'::text)),
    CONSTRAINT credit_note_parties CHECK (((num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address) = 0) OR (num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state) = 7))),
    CONSTRAINT credit_note_reason CHECK ((reason = ANY (ARRAY['goods_returned'::text, 'price_adjustment'::text, 'discount'::text, 'damaged_goods'::text, 'short_supply'::text, 'other'::text]))),
    CONSTRAINT credit_note_released CHECK (((released >= 0) AND (released <= to_receivable))),
    CONSTRAINT credit_note_series CHECK ((series ~ '^[0-9A-Z]{1,4}$'::text)),
    CONSTRAINT credit_note_status CHECK ((status = ANY (ARRAY['issued'::text, 'cancelled'::text]))),
    CONSTRAINT credit_note_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.credit_note FORCE ROW LEVEL SECURITY;
CREATE TABLE public.credit_note_line (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    credit_note_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    line_number smallint NOT NULL,
    quantity bigint NOT NULL,
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    CONSTRAINT credit_note_line_amounts CHECK (((quantity >= 0) AND (taxable >= 0) AND (cgst >= 0) AND (sgst = cgst) AND (igst >= 0) AND (cess >= 0)))
);
ALTER TABLE ONLY public.credit_note_line FORCE ROW LEVEL SECURITY;
CREATE TABLE public.customer (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    name_key text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    phone text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    phone_tail text GENERATED ALWAYS AS ("right"(phone, 8)) STORED COLLATE pg_catalog."C",
    email text DEFAULT ''::text NOT NULL,
    nicknames text[] DEFAULT '{}'::text[] NOT NULL,
    landmark text DEFAULT ''::text NOT NULL,
    landmark_key text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    is_namesake boolean DEFAULT false NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    gstin text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    pan text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    state_code smallint,
    credit_limit bigint,
    payment_days smallint DEFAULT 0 NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    merged_into uuid,
    anonymised_at timestamp with time zone,
    CONSTRAINT customer_address CHECK ((char_length(address) <= 1000)),
    CONSTRAINT customer_credit_limit CHECK ((credit_limit >= 0)),
    CONSTRAINT customer_email CHECK ((octet_length(email) <= 254)),
    CONSTRAINT customer_gstin CHECK (((gstin = ''::text) OR (gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'::text))),
    CONSTRAINT customer_gstin_kind CHECK (((gstin <> ''::text) = (kind = ANY (ARRAY['registered'::text, 'special_economic_zone'::text])))),
    CONSTRAINT customer_kind CHECK ((kind = ANY (ARRAY['unregistered'::text, 'registered'::text, 'special_economic_zone'::text, 'abroad'::text]))),
    CONSTRAINT customer_landmark CHECK ((char_length(landmark) <= 255)),
    CONSTRAINT customer_landmark_key CHECK ((char_length(landmark_key) <= 255)),
    CONSTRAINT customer_merged_into_another CHECK ((merged_into <> id)),
    CONSTRAINT customer_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT customer_name_key CHECK ((char_length(name_key) <= 255)),
    CONSTRAINT customer_nicknames CHECK ((cardinality(nicknames) <= 10)),
    CONSTRAINT customer_pan CHECK (((pan = ''::text) OR (pan ~ '^[A-Z]{5}[0-9]{4}[A-Z]$'::text))),
    CONSTRAINT customer_payment_days CHECK (((payment_days >= 0) AND (payment_days <= 365))),
    CONSTRAINT customer_phone CHECK (((phone = ''::text) OR (phone ~ '^\+[1-9][0-9]{7,14}$'::text))),
    CONSTRAINT customer_state_code CHECK ((((state_code >= 1) AND (state_code <= 38)) OR (state_code = ANY (ARRAY[97, 99])))),
    CONSTRAINT customer_tags CHECK ((cardinality(tags) <= 10)),
    CONSTRAINT customer_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.customer FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.entitlement_override (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    feature text NOT NULL COLLATE pg_catalog."C",
    is_on boolean,
    feature_limit bigint,
    is_unlimited boolean DEFAULT false NOT NULL,
    from_day date NOT NULL,
    through_day date,
    reason text NOT NULL,
    granted_by text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT entitlement_override_days CHECK ((through_day >= (from_day - 1))),
    CONSTRAINT entitlement_override_feature CHECK ((feature ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT entitlement_override_grant CHECK (((num_nonnulls(is_on, feature_limit, NULLIF(is_unlimited, false)) = 1) AND (feature_limit >= 0))),
    CONSTRAINT entitlement_override_granted_by CHECK (((octet_length(granted_by) >= 1) AND (octet_length(granted_by) <= 512))),
    CONSTRAINT entitlement_override_reason CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500)))
);
ALTER TABLE ONLY public.entitlement_override FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.invoice (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid NOT NULL,
    series text NOT NULL COLLATE pg_catalog."C",
    start_year smallint,
    sequence bigint,
    number text COLLATE pg_catalog."C",
    issued_on date,
    supplied_on date,
    due_on date,
    buyer_kind text NOT NULL COLLATE pg_catalog."C",
    buyer_gstin text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    place_state smallint,
    nature text NOT NULL COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    discount_rate integer,
    discount_flat bigint,
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    round_off bigint NOT NULL,
    payable bigint NOT NULL,
    cost bigint DEFAULT 0 NOT NULL,
    paid bigint DEFAULT 0 NOT NULL,
    credited bigint DEFAULT 0 NOT NULL,
    line_count smallint NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    expires_at timestamp with time zone,
    converted_into uuid,
    corrects_id uuid,
    cancel_reason text DEFAULT ''::text NOT NULL,
    journal_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    issued_at timestamp with time zone,
    issued_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    seller_name text,
    seller_gstin text COLLATE pg_catalog."C",
    seller_state smallint,
    seller_address text,
    buyer_name text,
    buyer_address text,
    buyer_state smallint,
    paid_on date,
    CONSTRAINT invoice_amounts CHECK (((gross >= 0) AND (discount >= 0) AND (taxable >= 0) AND (cgst >= 0) AND (sgst = cgst) AND (igst >= 0) AND (cess >= 0) AND (payable >= 0) AND (payable = (((((taxable + cgst) + sgst) + igst) + cess) + round_off)) AND ((round_off >= '-600'::integer) AND (round_off <= 600)))),
    CONSTRAINT invoice_buyer_gstin CHECK (((buyer_gstin = ''::text) OR (buyer_gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'::text))),
    CONSTRAINT invoice_buyer_kind CHECK ((buyer_kind = ANY (ARRAY['unregistered'::text, 'registered'::text, 'special_economic_zone'::text, 'abroad'::text]))),
    CONSTRAINT invoice_cancel_reason CHECK (((char_length(cancel_reason) <= 500) AND ((cancel_reason <> ''::text) = (status = 'cancelled'::text)))),
    CONSTRAINT invoice_converted CHECK (((converted_into IS NOT NULL) = (status = 'converted'::text))),
    CONSTRAINT invoice_corrects_issued CHECK (((corrects_id IS NULL) OR ((corrects_id <> id) AND (number IS NOT NULL)))),
    CONSTRAINT invoice_cost CHECK ((cost >= 0)),
    CONSTRAINT invoice_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT invoice_discount_asked CHECK (((discount_rate IS NULL) OR (discount_flat IS NULL))),
    CONSTRAINT invoice_discount_flat CHECK ((discount_flat >= 0)),
    CONSTRAINT invoice_discount_rate CHECK (((discount_rate >= 0) AND (discount_rate <= 10000))),
    CONSTRAINT invoice_issued CHECK ((((number IS NULL) = (sequence IS NULL)) AND ((number IS NULL) = (start_year IS NULL)) AND ((number IS NULL) = (issued_on IS NULL)) AND ((number IS NULL) = (issued_at IS NULL)) AND ((number IS NULL) = (issued_by = ''::text)) AND ((number IS NOT NULL) OR (status = ANY (ARRAY['draft'::text, 'void'::text]))) AND ((number IS NULL) OR (status <> 'draft'::text)))),
    CONSTRAINT invoice_line_count CHECK (((line_count >= 1) AND (line_count <= 500))),
    CONSTRAINT invoice_nature CHECK ((nature = ANY (ARRAY['intra_state'::text, 'union_territory'::text, 'inter_state'::text, 'zero_rated_with_tax'::text, 'zero_rated_without_tax'::text, 'composition'::text, 'unregistered'::text]))),
    CONSTRAINT invoice_notes CHECK ((char_length(notes) <= 1000)),
    CONSTRAINT invoice_number CHECK ((number ~ '^[A-Za-z0-9/-]{1,16}$'::text)),
    CONSTRAINT invoice_parties CHECK (((num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, number) = 0) OR (num_nulls(seller_name, seller_gstin, seller_state, seller_address, buyer_name, buyer_address, buyer_state) = 7))),
    CONSTRAINT invoice_place_state CHECK ((((place_state >= 1) AND (place_state <= 38)) OR (place_state = ANY (ARRAY[97, 99])))),
    CONSTRAINT invoice_series CHECK ((series ~ '^[0-9A-Z]{1,4}$'::text)),
    CONSTRAINT invoice_settled CHECK (((paid >= 0) AND (credited >= 0) AND ((paid + credited) <= payable) AND
CASE status
    WHEN 'issued'::text THEN (((paid + credited) = 0) AND (payable > 0))
    WHEN 'partial'::text THEN (((paid + credited) > 0) AND ((paid + credited) < payable))
    WHEN 'paid'::text THEN ((paid + credited) = payable)
    ELSE (paid = 0)
END)),
    CONSTRAINT invoice_status CHECK ((status = ANY (ARRAY['draft'::text, 'proforma'::text, 'issued'::text, 'partial'::text, 'paid'::text, 'cancelled'::text, 'void'::text, 'converted'::text, 'expired'::text]))),
    CONSTRAINT invoice_tags CHECK ((cardinality(tags) <= 10)),
    CONSTRAINT invoice_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.invoice FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invoice_line (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    invoice_id uuid NOT NULL,
    number smallint NOT NULL,
    product_id uuid,
    description text NOT NULL,
    hsn text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    quantity bigint NOT NULL,
    unit_price bigint NOT NULL,
    is_inclusive boolean NOT NULL,
    discount_rate integer,
    discount_flat bigint,
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    bill_discount bigint NOT NULL,
    taxable bigint NOT NULL,
    tax_rate_id bigint NOT NULL,
    taxability text NOT NULL COLLATE pg_catalog."C",
    rate integer NOT NULL,
    cess_rate integer NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    cost bigint DEFAULT 0 NOT NULL,
    CONSTRAINT invoice_line_amounts CHECK (((gross >= 0) AND ((discount >= 0) AND (discount <= gross)) AND ((bill_discount >= 0) AND (bill_discount <= (gross - discount))) AND (taxable >= 0) AND (cgst >= 0) AND (sgst = cgst) AND (igst >= 0) AND (cess >= 0) AND (cost >= 0))),
    CONSTRAINT invoice_line_cess_rate CHECK (((cess_rate >= 0) AND (cess_rate <= 10000))),
    CONSTRAINT invoice_line_description CHECK (((char_length(description) >= 1) AND (char_length(description) <= 500))),
    CONSTRAINT invoice_line_discount_asked CHECK (((discount_rate IS NULL) OR (discount_flat IS NULL))),
    CONSTRAINT invoice_line_discount_flat CHECK ((discount_flat >= 0)),
    CONSTRAINT invoice_line_discount_rate CHECK (((discount_rate >= 0) AND (discount_rate <= 10000))),
    CONSTRAINT invoice_line_hsn CHECK ((hsn ~ '^([0-9]{4}|[0-9]{6}|[0-9]{8})$'::text)),
    CONSTRAINT invoice_line_number CHECK (((number >= 1) AND (number <= 500))),
    CONSTRAINT invoice_line_quantity CHECK ((quantity >= 0)),
    CONSTRAINT invoice_line_rate CHECK (((rate >= 0) AND (rate <= 10000))),
    CONSTRAINT invoice_line_taxability CHECK ((taxability = ANY (ARRAY['taxable'::text, 'nil_rated'::text, 'exempt'::text, 'non_gst'::text]))),
    CONSTRAINT invoice_line_unit CHECK ((unit ~ '^[a-z]{1,16}$'::text)),
    CONSTRAINT invoice_line_unit_price CHECK ((unit_price >= 0))
);
ALTER TABLE ONLY public.invoice_line FORCE ROW LEVEL SECURITY;
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
    posted_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
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
CREATE TABLE public.ledger_seal (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    number bigint NOT NULL,
    previous_digest bytea NOT NULL,
    digest bytea NOT NULL,
    first_posted_in xid8 NOT NULL,
    first_id uuid NOT NULL,
    last_posted_in xid8 NOT NULL,
    last_id uuid NOT NULL,
    journal_count smallint NOT NULL,
    contents bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ledger_seal_contents CHECK ((((journal_count >= 1) AND (journal_count <= 1000)) AND (octet_length(contents) = (48 * journal_count)))),
    CONSTRAINT ledger_seal_digests CHECK (((octet_length(previous_digest) = 32) AND (octet_length(digest) = 32))),
    CONSTRAINT ledger_seal_ends CHECK ((ROW(first_posted_in, first_id) <= ROW(last_posted_in, last_id))),
    CONSTRAINT ledger_seal_number CHECK ((number > 0))
);
ALTER TABLE ONLY public.ledger_seal ALTER COLUMN contents SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.ledger_seal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.meeting (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL COLLATE pg_catalog."C",
    subscription_id uuid NOT NULL,
    calendar_event_id text NOT NULL COLLATE pg_catalog."C",
    starts_at timestamp with time zone NOT NULL,
    month date NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    deal_value bigint NOT NULL,
    fee bigint NOT NULL,
    attended_minutes integer DEFAULT 0 NOT NULL,
    ordinal bigint DEFAULT 0 NOT NULL,
    void_reason text DEFAULT ''::text NOT NULL,
    invoice_id uuid,
    invoice_line smallint,
    billed_on date,
    credit_note_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT meeting_amounts CHECK (((deal_value >= 0) AND (fee >= 0))),
    CONSTRAINT meeting_attended CHECK (((attended_minutes >= 0) AND (attended_minutes <= 1440))),
    CONSTRAINT meeting_billed CHECK ((((status = ANY (ARRAY['billed'::text, 'credited'::text])) = (invoice_id IS NOT NULL)) AND ((invoice_id IS NULL) = (invoice_line IS NULL)) AND ((invoice_id IS NULL) = (billed_on IS NULL)) AND ((status = 'credited'::text) = (credit_note_id IS NOT NULL)))),
    CONSTRAINT meeting_calendar_event_id CHECK (((octet_length(calendar_event_id) >= 1) AND (octet_length(calendar_event_id) <= 255))),
    CONSTRAINT meeting_month CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT meeting_ordinal CHECK (((ordinal >= 0) AND (((status = 'pending'::text) AND (ordinal = 0)) OR (status = 'void'::text) OR ((ordinal > 0) AND (attended_minutes > 0))))),
    CONSTRAINT meeting_status CHECK ((status = ANY (ARRAY['pending'::text, 'earned'::text, 'void'::text, 'billed'::text, 'credited'::text]))),
    CONSTRAINT meeting_subject CHECK ((char_length(subject) <= 255)),
    CONSTRAINT meeting_version CHECK ((version > 0)),
    CONSTRAINT meeting_void_reason CHECK (((char_length(void_reason) <= 500) AND ((void_reason <> ''::text) = (status = ANY (ARRAY['void'::text, 'credited'::text])))))
);
ALTER TABLE ONLY public.meeting FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.payment (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    customer_id uuid NOT NULL,
    series text COLLATE pg_catalog."C",
    start_year smallint,
    sequence bigint,
    number text COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    held bigint,
    held_method text COLLATE pg_catalog."C",
    held_reference text DEFAULT ''::text NOT NULL,
    held_until timestamp with time zone,
    amount bigint DEFAULT 0 NOT NULL,
    allocated bigint DEFAULT 0 NOT NULL,
    unallocated bigint DEFAULT 0 NOT NULL,
    refunded bigint DEFAULT 0 NOT NULL,
    allocation_count smallint DEFAULT 0 NOT NULL,
    paid_on date,
    note text DEFAULT ''::text NOT NULL,
    receipt_id uuid,
    end_reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT payment_allocation_count CHECK (((allocation_count >= 0) AND (allocation_count <= 1000))),
    CONSTRAINT payment_amounts CHECK (((amount >= 0) AND (allocated >= 0) AND (unallocated >= 0) AND (refunded >= 0) AND
CASE status
    WHEN 'completed'::text THEN ((refunded = 0) AND ((allocated + unallocated) = amount))
    WHEN 'partially_refunded'::text THEN ((refunded > 0) AND (refunded < amount) AND (((allocated + unallocated) + refunded) = amount))
    WHEN 'refunded'::text THEN ((refunded = amount) AND (allocated = 0) AND (unallocated = 0))
    ELSE ((allocated = 0) AND (unallocated = 0) AND (refunded = 0))
END)),
    CONSTRAINT payment_came CHECK ((((number IS NOT NULL) = (status <> ALL (ARRAY['pending'::text, 'failed'::text, 'expired'::text, 'void'::text]))) AND ((number IS NULL) = (sequence IS NULL)) AND ((number IS NULL) = (series IS NULL)) AND ((number IS NULL) = (start_year IS NULL)) AND ((number IS NULL) = (paid_on IS NULL)) AND ((number IS NULL) = (amount = 0)) AND ((number IS NOT NULL) OR (receipt_id IS NULL)))),
    CONSTRAINT payment_created_by CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 512))),
    CONSTRAINT payment_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payment_end_reason CHECK (((char_length(end_reason) <= 500) AND ((end_reason = ''::text) OR (status = ANY (ARRAY['void'::text, 'failed'::text, 'reversed'::text]))))),
    CONSTRAINT payment_held CHECK ((((held IS NULL) = (held_method IS NULL)) AND ((held IS NULL) = (held_until IS NULL)) AND ((held IS NULL) OR (held > 0)) AND ((held IS NOT NULL) OR (held_reference = ''::text)) AND ((held IS NOT NULL) OR (number IS NOT NULL)))),
    CONSTRAINT payment_held_method CHECK ((held_method ~ '^(upi|card)$'::text)),
    CONSTRAINT payment_held_reference CHECK ((char_length(held_reference) <= 200)),
    CONSTRAINT payment_note CHECK ((char_length(note) <= 500)),
    CONSTRAINT payment_number CHECK ((number ~ '^[A-Za-z0-9/-]{1,16}$'::text)),
    CONSTRAINT payment_status CHECK ((status = ANY (ARRAY['pending'::text, 'completed'::text, 'failed'::text, 'expired'::text, 'void'::text, 'partially_refunded'::text, 'refunded'::text, 'reversed'::text]))),
    CONSTRAINT payment_version CHECK ((version > 0)),
    CONSTRAINT payment_within_held CHECK ((amount <= held))
);
ALTER TABLE ONLY public.payment FORCE ROW LEVEL SECURITY;
CREATE TABLE public.payment_allocation (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    payment_id uuid NOT NULL,
    number smallint NOT NULL,
    invoice_id uuid NOT NULL,
    amount bigint NOT NULL,
    journal_id uuid NOT NULL,
    allocated_at timestamp with time zone NOT NULL,
    released_by uuid,
    released_at timestamp with time zone,
    CONSTRAINT payment_allocation_amount CHECK ((amount > 0)),
    CONSTRAINT payment_allocation_number CHECK (((number >= 1) AND (number <= 1000))),
    CONSTRAINT payment_allocation_released CHECK (((released_by IS NULL) = (released_at IS NULL)))
);
ALTER TABLE ONLY public.payment_allocation FORCE ROW LEVEL SECURITY;
CREATE TABLE public.payment_receipt (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text DEFAULT 'unmatched'::text NOT NULL COLLATE pg_catalog."C",
    provider text NOT NULL COLLATE pg_catalog."C",
    event_id text NOT NULL COLLATE pg_catalog."C",
    method text NOT NULL COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    received_on date NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    payer text DEFAULT ''::text NOT NULL,
    journal_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT payment_receipt_amount CHECK ((amount > 0)),
    CONSTRAINT payment_receipt_created_by CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 512))),
    CONSTRAINT payment_receipt_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payment_receipt_event_id CHECK (((octet_length(event_id) >= 1) AND (octet_length(event_id) <= 255))),
    CONSTRAINT payment_receipt_method CHECK ((method = ANY (ARRAY['cash'::text, 'upi'::text, 'card'::text, 'bank'::text]))),
    CONSTRAINT payment_receipt_payer CHECK ((char_length(payer) <= 255)),
    CONSTRAINT payment_receipt_provider CHECK ((provider ~ '^[a-z][a-z0-9_]{0,31}$'::text)),
    CONSTRAINT payment_receipt_reference CHECK ((char_length(reference) <= 200)),
    CONSTRAINT payment_receipt_status CHECK ((status = ANY (ARRAY['unmatched'::text, 'matched'::text, 'reversed'::text]))),
    CONSTRAINT payment_receipt_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.payment_receipt FORCE ROW LEVEL SECURITY;
CREATE TABLE public.payment_tender (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    payment_id uuid NOT NULL,
    number smallint NOT NULL,
    method text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    CONSTRAINT payment_tender_amount CHECK ((amount > 0)),
    CONSTRAINT payment_tender_method CHECK ((method = ANY (ARRAY['cash'::text, 'upi'::text, 'card'::text, 'bank'::text]))),
    CONSTRAINT payment_tender_number CHECK (((number >= 1) AND (number <= 10))),
    CONSTRAINT payment_tender_reference CHECK ((char_length(reference) <= 200))
);
ALTER TABLE ONLY public.payment_tender FORCE ROW LEVEL SECURITY;
CREATE TABLE public.plan (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    is_retired boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT plan_code CHECK ((code ~ '^[a-z][a-z0-9_]{0,31}$'::text)),
    CONSTRAINT plan_kind CHECK ((kind = ANY (ARRAY['base'::text, 'add_on'::text]))),
    CONSTRAINT plan_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT plan_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.plan FORCE ROW LEVEL SECURITY;
CREATE TABLE public.plan_version (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    plan_id uuid NOT NULL,
    number integer NOT NULL,
    effective_from date NOT NULL,
    terms bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT plan_version_created_by CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 512))),
    CONSTRAINT plan_version_number CHECK ((number > 0))
);
ALTER TABLE ONLY public.plan_version FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.product (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL COLLATE pg_catalog."C",
    words text[] NOT NULL COLLATE pg_catalog."C",
    sku text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    barcode text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    hsn text NOT NULL COLLATE pg_catalog."C",
    unit text NOT NULL COLLATE pg_catalog."C",
    currency text NOT NULL COLLATE pg_catalog."C",
    price bigint NOT NULL,
    is_price_inclusive boolean DEFAULT false NOT NULL,
    maximum_price bigint,
    wholesale_price bigint,
    is_stocked boolean NOT NULL,
    minimum_stock bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    CONSTRAINT product_barcode CHECK ((barcode ~ '^[0-9A-Za-z-]{0,64}$'::text)),
    CONSTRAINT product_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT product_folded_name CHECK (((octet_length(folded_name) >= 1) AND (octet_length(folded_name) <= 4096))),
    CONSTRAINT product_hsn CHECK ((hsn ~ '^([0-9]{4}|[0-9]{6}|[0-9]{8})$'::text)),
    CONSTRAINT product_maximum_price CHECK ((maximum_price >= 0)),
    CONSTRAINT product_minimum_stock CHECK ((minimum_stock >= 0)),
    CONSTRAINT product_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT product_price CHECK ((price >= 0)),
    CONSTRAINT product_sku CHECK ((char_length(sku) <= 64)),
    CONSTRAINT product_unit CHECK ((unit ~ '^[a-z]{1,16}$'::text)),
    CONSTRAINT product_version CHECK ((version > 0)),
    CONSTRAINT product_wholesale_price CHECK ((wholesale_price >= 0)),
    CONSTRAINT product_words CHECK ((cardinality(words) <= 255))
);
ALTER TABLE ONLY public.product FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.refund (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    series text NOT NULL COLLATE pg_catalog."C",
    start_year smallint NOT NULL,
    sequence bigint NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    method text NOT NULL COLLATE pg_catalog."C",
    amount bigint NOT NULL,
    reference text DEFAULT ''::text NOT NULL,
    reason text NOT NULL,
    refunded_on date NOT NULL,
    journal_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT refund_amount CHECK ((amount > 0)),
    CONSTRAINT refund_created_by CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 512))),
    CONSTRAINT refund_method CHECK ((method = ANY (ARRAY['cash'::text, 'upi'::text, 'card'::text, 'bank'::text]))),
    CONSTRAINT refund_number CHECK ((number ~ '^[A-Za-z0-9/-]{1,16}$'::text)),
    CONSTRAINT refund_reason CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500))),
    CONSTRAINT refund_reference CHECK ((char_length(reference) <= 200))
);
ALTER TABLE ONLY public.refund FORCE ROW LEVEL SECURITY;
CREATE TABLE public.reminder (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    customer_id uuid NOT NULL,
    invoice_id uuid,
    kind text NOT NULL COLLATE pg_catalog."C",
    text text NOT NULL,
    channels text[] NOT NULL,
    time_zone text NOT NULL COLLATE pg_catalog."C",
    first_on date NOT NULL,
    first_minute smallint NOT NULL,
    interval_unit text COLLATE pg_catalog."C",
    interval_count integer,
    interval_day smallint,
    is_cancelled boolean DEFAULT false NOT NULL,
    state text NOT NULL COLLATE pg_catalog."C",
    due_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT reminder_channels CHECK (((channels <@ '{email,sms,whatsapp}'::text[]) AND ((cardinality(channels) >= 1) AND (cardinality(channels) <= 3)))),
    CONSTRAINT reminder_first_minute CHECK (((first_minute >= 0) AND (first_minute <= 1439))),
    CONSTRAINT reminder_interval CHECK (
CASE interval_unit
    WHEN 'minutes'::text THEN (((interval_count >= 60) AND (interval_count <= 5270400)) AND (interval_day IS NULL))
    WHEN 'days'::text THEN (((interval_count >= 1) AND (interval_count <= 3660)) AND (interval_day IS NULL))
    WHEN 'months'::text THEN (((interval_count >= 1) AND (interval_count <= 120)) AND ((interval_day >= 1) AND (interval_day <= 31)))
    ELSE ((interval_unit IS NULL) AND (interval_count IS NULL) AND (interval_day IS NULL))
END),
    CONSTRAINT reminder_kind CHECK ((kind = ANY (ARRAY['payment_due'::text, 'payment_overdue'::text, 'follow_up'::text, 'order_ready'::text, 'appointment'::text, 'renewal'::text, 'custom'::text]))),
    CONSTRAINT reminder_state CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT reminder_text CHECK (((char_length(text) <= 1000) AND ((text <> ''::text) OR (kind <> 'custom'::text)))),
    CONSTRAINT reminder_time_zone CHECK (((octet_length(time_zone) >= 1) AND (octet_length(time_zone) <= 64))),
    CONSTRAINT reminder_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.reminder FORCE ROW LEVEL SECURITY;
CREATE TABLE public.reminder_occurrence (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    reminder_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    run_at timestamp with time zone NOT NULL,
    moved_by text[] DEFAULT '{}'::text[] NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL COLLATE pg_catalog."C",
    attempt smallint DEFAULT 0 NOT NULL,
    tried text[] DEFAULT '{}'::text[] NOT NULL,
    delivery_id uuid,
    begun_at timestamp with time zone,
    sent_at timestamp with time zone,
    reason text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT reminder_occurrence_attempt CHECK ((((attempt >= 0) AND (attempt <= 3)) AND ((attempt > 0) OR (state = 'pending'::text) OR (state = 'cancelled'::text) OR (state = 'expired'::text)))),
    CONSTRAINT reminder_occurrence_delivery CHECK ((((delivery_id IS NOT NULL) = (attempt > 0)) AND ((begun_at IS NOT NULL) = (attempt > 0)))),
    CONSTRAINT reminder_occurrence_moved_by CHECK (((moved_by <@ '{quiet_hours,weekly_cap,monthly_cap,minimum_interval}'::text[]) AND (cardinality(moved_by) <= 4))),
    CONSTRAINT reminder_occurrence_reason CHECK ((reason = ANY (ARRAY[''::text, 'quiet_hours'::text, 'weekly_cap'::text, 'monthly_cap'::text, 'minimum_interval'::text, 'opted_out'::text, 'consent_missing'::text, 'address_missing'::text, 'settled'::text, 'too_late'::text, 'refused'::text, 'not_delivered'::text]))),
    CONSTRAINT reminder_occurrence_reasoned CHECK (((reason <> ''::text) = ((state = 'failed'::text) OR (state = 'expired'::text)))),
    CONSTRAINT reminder_occurrence_sent CHECK (((sent_at IS NOT NULL) = (state = 'sent'::text))),
    CONSTRAINT reminder_occurrence_state CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text, 'expired'::text]))),
    CONSTRAINT reminder_occurrence_tried CHECK ((tried <@ '{email,sms,whatsapp}'::text[]))
);
ALTER TABLE ONLY public.reminder_occurrence FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.seller (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    version bigint DEFAULT 1 NOT NULL,
    legal_name text NOT NULL,
    gstin text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    state_code smallint NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    time_zone text NOT NULL COLLATE pg_catalog."C",
    is_composition boolean DEFAULT false NOT NULL,
    has_letter_of_undertaking boolean DEFAULT false NOT NULL,
    upi_address text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT seller_address CHECK ((char_length(address) <= 1000)),
    CONSTRAINT seller_gstin CHECK (((gstin = ''::text) OR (gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'::text))),
    CONSTRAINT seller_gstin_state CHECK (((gstin = ''::text) OR (substr(gstin, 1, 2) = lpad((state_code)::text, 2, '0'::text)))),
    CONSTRAINT seller_legal_name CHECK (((char_length(legal_name) >= 1) AND (char_length(legal_name) <= 255))),
    CONSTRAINT seller_state_code CHECK ((((state_code >= 1) AND (state_code <= 38)) OR (state_code = ANY (ARRAY[97, 99])))),
    CONSTRAINT seller_time_zone CHECK (((octet_length(time_zone) >= 1) AND (octet_length(time_zone) <= 64))),
    CONSTRAINT seller_upi_address CHECK (((upi_address = ''::text) OR (upi_address ~ '^[A-Za-z0-9._-]{2,64}@[A-Za-z]{2,64}$'::text))),
    CONSTRAINT seller_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.seller FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.stock_batch (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    lot text DEFAULT ''::text NOT NULL,
    received_on date NOT NULL,
    expires_on date,
    on_hand bigint NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT stock_batch_lot CHECK ((char_length(lot) <= 64)),
    CONSTRAINT stock_batch_on_hand CHECK ((on_hand >= 0)),
    CONSTRAINT stock_batch_value CHECK (((value >= 0) AND ((on_hand > 0) OR (value = 0))))
);
ALTER TABLE ONLY public.stock_batch FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stock_movement (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    quantity bigint NOT NULL,
    on_hand bigint NOT NULL,
    value bigint NOT NULL,
    document_kind text NOT NULL COLLATE pg_catalog."C",
    document_id uuid NOT NULL,
    journal_id uuid,
    reason text DEFAULT ''::text NOT NULL,
    moved_by text NOT NULL COLLATE pg_catalog."C",
    moved_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_movement_document_kind CHECK ((document_kind ~ '^[a-z_]{1,32}$'::text)),
    CONSTRAINT stock_movement_kind CHECK ((kind = ANY (ARRAY['purchase'::text, 'sale'::text, 'return'::text, 'adjustment'::text, 'damage'::text, 'expired'::text]))),
    CONSTRAINT stock_movement_moved_by CHECK ((moved_by <> ''::text)),
    CONSTRAINT stock_movement_on_hand CHECK ((on_hand >= 0)),
    CONSTRAINT stock_movement_quantity CHECK ((quantity <> 0)),
    CONSTRAINT stock_movement_reason CHECK ((char_length(reason) <= 500)),
    CONSTRAINT stock_movement_value CHECK (((sign((value)::double precision) * sign((quantity)::double precision)) >= (0)::double precision))
);
ALTER TABLE ONLY public.stock_movement FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stock_reservation (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    quantity bigint NOT NULL,
    document_id uuid NOT NULL,
    reserved_by text NOT NULL COLLATE pg_catalog."C",
    reserved_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT stock_reservation_expires_at CHECK ((expires_at >= reserved_at)),
    CONSTRAINT stock_reservation_quantity CHECK ((quantity > 0)),
    CONSTRAINT stock_reservation_reserved_by CHECK ((reserved_by <> ''::text))
);
ALTER TABLE ONLY public.stock_reservation FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.subscription (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    customer_id uuid NOT NULL,
    funding text NOT NULL COLLATE pg_catalog."C",
    started_on date NOT NULL,
    trial_through date,
    trial_plan_id uuid,
    anchored_on date NOT NULL,
    billed_through date,
    refused_on date,
    ends_on date,
    cancel_reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT subscription_cancel_reason CHECK (((char_length(cancel_reason) <= 500) AND ((cancel_reason <> ''::text) = (ends_on IS NOT NULL)))),
    CONSTRAINT subscription_days CHECK (((anchored_on >= started_on) AND ((trial_through IS NULL) OR ((trial_through = (anchored_on - 1)) AND (trial_through >= started_on))) AND ((billed_through IS NULL) OR (billed_through >= anchored_on)) AND ((ends_on IS NULL) OR (ends_on >= (started_on - 1))))),
    CONSTRAINT subscription_funding CHECK ((funding = ANY (ARRAY['advance'::text, 'credit'::text]))),
    CONSTRAINT subscription_trial CHECK (((trial_plan_id IS NULL) = (trial_through IS NULL))),
    CONSTRAINT subscription_version CHECK ((version > 0))
);
ALTER TABLE ONLY public.subscription FORCE ROW LEVEL SECURITY;
CREATE TABLE public.subscription_phase (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    subscription_id uuid NOT NULL,
    from_day date NOT NULL,
    plan_id uuid NOT NULL,
    billing_interval text NOT NULL COLLATE pg_catalog."C",
    add_on_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    add_on_counts integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT subscription_phase_add_ons CHECK (((cardinality(add_on_ids) = cardinality(add_on_counts)) AND (cardinality(add_on_ids) <= 16))),
    CONSTRAINT subscription_phase_interval CHECK ((billing_interval = ANY (ARRAY['month'::text, 'year'::text])))
);
ALTER TABLE ONLY public.subscription_phase FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tax_period (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    month date NOT NULL,
    acknowledgement text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    filed_by text NOT NULL COLLATE pg_catalog."C",
    filed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tax_period_acknowledgement CHECK ((acknowledgement ~ '^[0-9A-Z]{0,32}$'::text)),
    CONSTRAINT tax_period_filed_by CHECK (((octet_length(filed_by) >= 1) AND (octet_length(filed_by) <= 512))),
    CONSTRAINT tax_period_month CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);
ALTER TABLE ONLY public.tax_period FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tax_rate (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    id bigint NOT NULL,
    hsn_prefix text NOT NULL COLLATE pg_catalog."C",
    effective_from date NOT NULL,
    taxability text NOT NULL COLLATE pg_catalog."C",
    rate integer NOT NULL,
    cess integer DEFAULT 0 NOT NULL,
    source text NOT NULL,
    set_by text NOT NULL COLLATE pg_catalog."C",
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT tax_rate_cess CHECK ((((cess >= 0) AND (cess <= 10000)) AND ((taxability = 'taxable'::text) OR (cess = 0)))),
    CONSTRAINT tax_rate_effective_from CHECK (((effective_from >= '0001-01-01'::date) AND (effective_from <= '9999-12-31'::date))),
    CONSTRAINT tax_rate_hsn_prefix CHECK ((hsn_prefix ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8})$'::text)),
    CONSTRAINT tax_rate_rate CHECK ((((rate >= 0) AND (rate <= 10000)) AND ((taxability = 'taxable'::text) OR (rate = 0)))),
    CONSTRAINT tax_rate_set_by CHECK ((set_by <> ''::text)),
    CONSTRAINT tax_rate_source CHECK (((char_length(source) >= 1) AND (char_length(source) <= 255))),
    CONSTRAINT tax_rate_taxability CHECK ((taxability = ANY (ARRAY['taxable'::text, 'nil_rated'::text, 'exempt'::text, 'non_gst'::text])))
);
ALTER TABLE ONLY public.tax_rate FORCE ROW LEVEL SECURITY;
ALTER TABLE public.tax_rate ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tax_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
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
CREATE TABLE public.usage_event (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    transaction_id text NOT NULL COLLATE pg_catalog."C",
    subscription_id uuid NOT NULL,
    meter text NOT NULL COLLATE pg_catalog."C",
    period_from date NOT NULL,
    units bigint NOT NULL,
    used_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT usage_event_transaction_id CHECK ((transaction_id ~ '^[-0-9A-Z_a-z]{8,64}$'::text)),
    CONSTRAINT usage_event_units CHECK (((units >= 1) AND (units <= 1000000000)))
);
ALTER TABLE ONLY public.usage_event FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage_total (
    tenant_id text NOT NULL COLLATE pg_catalog."C",
    subscription_id uuid NOT NULL,
    meter text NOT NULL COLLATE pg_catalog."C",
    period_from date NOT NULL,
    period_through date NOT NULL,
    units bigint NOT NULL,
    billed_units bigint DEFAULT 0 NOT NULL,
    CONSTRAINT usage_total_days CHECK ((period_through >= period_from)),
    CONSTRAINT usage_total_meter CHECK ((meter ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT usage_total_units CHECK (((billed_units >= 0) AND (billed_units <= units) AND (units <= '1000000000000000'::bigint)))
);
ALTER TABLE ONLY public.usage_total FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.bill_line
    ADD CONSTRAINT bill_line_key PRIMARY KEY (tenant_id, invoice_id, line_number);
ALTER TABLE ONLY public.contact_preference
    ADD CONSTRAINT contact_preference_key PRIMARY KEY (tenant_id, customer_id);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.credit_note_line
    ADD CONSTRAINT credit_note_line_key PRIMARY KEY (tenant_id, credit_note_id, line_number);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_number_taken UNIQUE (tenant_id, number);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_sequence UNIQUE (tenant_id, series, start_year, sequence);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_dedupe UNIQUE (tenant_id, dedupe_key);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.document_series
    ADD CONSTRAINT document_series_key PRIMARY KEY (tenant_id, prefix, start_year);
ALTER TABLE ONLY public.entitlement_override
    ADD CONSTRAINT entitlement_override_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_taken PRIMARY KEY (tenant_id, caller, key);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_key PRIMARY KEY (tenant_id, invoice_id, number);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_number_taken UNIQUE (tenant_id, number);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_sequence UNIQUE (tenant_id, series, start_year, sequence);
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
ALTER TABLE public.ledger_line
    ADD CONSTRAINT ledger_line_bound CHECK (((debit <= '1000000000000000'::bigint) AND (credit <= '1000000000000000'::bigint))) NOT VALID;
ALTER TABLE ONLY public.ledger_line
    ADD CONSTRAINT ledger_line_key PRIMARY KEY (tenant_id, journal_id, effective_on, line_count, number);
ALTER TABLE ONLY public.ledger_period
    ADD CONSTRAINT ledger_period_key PRIMARY KEY (tenant_id, month);
ALTER TABLE ONLY public.ledger_seal
    ADD CONSTRAINT ledger_seal_key PRIMARY KEY (tenant_id, number);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_calendar_event_taken UNIQUE (tenant_id, calendar_event_id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.one_time_password
    ADD CONSTRAINT one_time_password_key PRIMARY KEY (tenant_id, purpose, subject_hash);
ALTER TABLE ONLY public.one_time_password_request
    ADD CONSTRAINT one_time_password_request_key PRIMARY KEY (tenant_id, subject_hash);
ALTER TABLE ONLY public.outbox_cursor
    ADD CONSTRAINT outbox_cursor_key PRIMARY KEY (consumer);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_key PRIMARY KEY (xid, number, tenant_id);
ALTER TABLE ONLY public.payment_allocation
    ADD CONSTRAINT payment_allocation_key PRIMARY KEY (tenant_id, payment_id, number);
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_number_taken UNIQUE (tenant_id, number);
ALTER TABLE ONLY public.payment_receipt
    ADD CONSTRAINT payment_receipt_event UNIQUE (tenant_id, provider, event_id);
ALTER TABLE ONLY public.payment_receipt
    ADD CONSTRAINT payment_receipt_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_sequence UNIQUE (tenant_id, series, start_year, sequence);
ALTER TABLE ONLY public.payment_tender
    ADD CONSTRAINT payment_tender_key PRIMARY KEY (tenant_id, payment_id, number);
ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_code_taken UNIQUE (tenant_id, code);
ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.plan_version
    ADD CONSTRAINT plan_version_from UNIQUE (tenant_id, plan_id, effective_from);
ALTER TABLE ONLY public.plan_version
    ADD CONSTRAINT plan_version_key PRIMARY KEY (tenant_id, plan_id, number);
ALTER TABLE ONLY public.principal
    ADD CONSTRAINT principal_key PRIMARY KEY (tenant_id, subject, service);
ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.quota
    ADD CONSTRAINT quota_key PRIMARY KEY (tenant_id, kind, name, class);
ALTER TABLE ONLY public.quota_lease
    ADD CONSTRAINT quota_lease_key PRIMARY KEY (tenant_id, kind, name, class, process_id);
ALTER TABLE ONLY public.quota_process
    ADD CONSTRAINT quota_process_key PRIMARY KEY (id);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_sequence UNIQUE (tenant_id, series, start_year, sequence);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.reminder_occurrence
    ADD CONSTRAINT reminder_occurrence_due UNIQUE (tenant_id, reminder_id, due_at);
ALTER TABLE ONLY public.reminder_occurrence
    ADD CONSTRAINT reminder_occurrence_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.revoked_token
    ADD CONSTRAINT revoked_token_key PRIMARY KEY (tenant_id, token_id);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (service, number);
ALTER TABLE ONLY public.sealed_column
    ADD CONSTRAINT sealed_column_key PRIMARY KEY (table_name, column_name);
ALTER TABLE ONLY public.seller
    ADD CONSTRAINT seller_key PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_key PRIMARY KEY (issuer, kid);
ALTER TABLE ONLY public.stock_batch
    ADD CONSTRAINT stock_batch_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_key PRIMARY KEY (tenant_id, id, product_id);
ALTER TABLE ONLY public.subject_epoch
    ADD CONSTRAINT subject_epoch_key PRIMARY KEY (tenant_id, subject);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.subscription_phase
    ADD CONSTRAINT subscription_phase_key PRIMARY KEY (tenant_id, subscription_id, from_day);
ALTER TABLE ONLY public.tax_period
    ADD CONSTRAINT tax_period_key PRIMARY KEY (tenant_id, month);
ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.tax_rate
    ADD CONSTRAINT tax_rate_once UNIQUE (tenant_id, hsn_prefix, effective_from);
ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_key PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.token_grant
    ADD CONSTRAINT token_grant_key PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.usage_event
    ADD CONSTRAINT usage_event_key PRIMARY KEY (tenant_id, transaction_id);
ALTER TABLE ONLY public.usage_total
    ADD CONSTRAINT usage_total_key PRIMARY KEY (tenant_id, subscription_id, meter, period_from);
CREATE INDEX bill_line_by_meeting ON public.bill_line USING btree (meeting_id, tenant_id);
CREATE INDEX bill_line_by_plan ON public.bill_line USING btree (plan_id, plan_version, tenant_id);
CREATE INDEX bill_line_by_subscription ON public.bill_line USING btree (subscription_id, tenant_id, invoice_id, line_number);
CREATE UNIQUE INDEX bill_line_meeting_live ON public.bill_line USING btree (tenant_id, meeting_id) WHERE ((kind = 'meeting'::text) AND (released_at IS NULL));
CREATE INDEX bill_line_owed ON public.bill_line USING btree (tenant_id, subscription_id) WHERE is_owed;
CREATE UNIQUE INDEX bill_line_recurring_live ON public.bill_line USING btree (tenant_id, subscription_id, plan_id, period_from) WHERE ((kind = 'recurring'::text) AND (released_at IS NULL));
CREATE UNIQUE INDEX bill_line_usage_live ON public.bill_line USING btree (tenant_id, subscription_id, meter, period_from, units_from) WHERE ((kind = 'usage'::text) AND (released_at IS NULL));
CREATE INDEX credit_note_by_customer ON public.credit_note USING btree (customer_id, tenant_id, id);
CREATE INDEX credit_note_by_day ON public.credit_note USING btree (issued_on, tenant_id, id);
CREATE INDEX credit_note_by_invoice ON public.credit_note USING btree (invoice_id, tenant_id, id);
CREATE INDEX credit_note_by_journal ON public.credit_note USING btree (journal_id, tenant_id);
CREATE INDEX credit_note_by_payer ON public.credit_note USING btree (payer_id, tenant_id);
CREATE INDEX credit_note_line_by_line ON public.credit_note_line USING btree (invoice_id, line_number, tenant_id);
CREATE INDEX customer_by_merger ON public.customer USING btree (merged_into, tenant_id);
CREATE INDEX customer_by_name ON public.customer USING btree (name_key, tenant_id);
CREATE INDEX customer_by_pan ON public.customer USING btree (pan, tenant_id) WHERE (pan <> ''::text);
CREATE INDEX customer_by_phone ON public.customer USING btree (phone, tenant_id) WHERE (phone <> ''::text);
CREATE INDEX customer_by_phone_tail ON public.customer USING btree (phone_tail, tenant_id) WHERE (phone_tail <> ''::text);
CREATE UNIQUE INDEX customer_gstin_taken ON public.customer USING btree (gstin, tenant_id) WHERE ((gstin <> ''::text) AND (merged_into IS NULL) AND (anonymised_at IS NULL));
CREATE UNIQUE INDEX customer_name_taken ON public.customer USING btree (name_key, landmark_key, tenant_id) WHERE ((name_key <> ''::text) AND (landmark_key <> ''::text) AND (NOT is_namesake) AND (merged_into IS NULL) AND (anonymised_at IS NULL));
CREATE UNIQUE INDEX customer_phone_taken ON public.customer USING btree (phone, tenant_id) WHERE ((phone <> ''::text) AND (merged_into IS NULL) AND (anonymised_at IS NULL));
CREATE INDEX delivery_by_change ON public.delivery USING btree (changed_at);
CREATE INDEX delivery_by_recipient ON public.delivery USING btree (tenant_id, recipient, id) WHERE (recipient <> ''::text);
CREATE INDEX delivery_by_state ON public.delivery USING btree (tenant_id, state, id) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text, 'accepted'::text, 'refused'::text, 'unknown'::text]));
CREATE INDEX entitlement_override_by_customer ON public.entitlement_override USING btree (customer_id, tenant_id, id);
CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (created_at);
CREATE INDEX invoice_by_converted ON public.invoice USING btree (converted_into, tenant_id);
CREATE INDEX invoice_by_corrected ON public.invoice USING btree (corrects_id, tenant_id);
CREATE INDEX invoice_by_customer ON public.invoice USING btree (customer_id, tenant_id, id);
CREATE INDEX invoice_by_day ON public.invoice USING btree (issued_on, tenant_id, id) WHERE (issued_on IS NOT NULL);
CREATE INDEX invoice_by_expiry ON public.invoice USING btree (expires_at, tenant_id) WHERE ((status = ANY (ARRAY['draft'::text, 'proforma'::text])) AND (expires_at IS NOT NULL));
CREATE INDEX invoice_by_journal ON public.invoice USING btree (journal_id, tenant_id);
CREATE INDEX invoice_line_by_product ON public.invoice_line USING btree (product_id, tenant_id);
CREATE INDEX invoice_line_by_tax_rate ON public.invoice_line USING btree (tax_rate_id, tenant_id);
CREATE INDEX invoice_open ON public.invoice USING btree (customer_id, tenant_id, due_on, number) WHERE (status = ANY (ARRAY['issued'::text, 'partial'::text]));
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
CREATE INDEX ledger_journal_by_posting ON public.ledger_journal USING btree (tenant_id, posted_in, id);
CREATE INDEX ledger_line_by_account ON public.ledger_line USING btree (party_id, account, tenant_id, effective_on, journal_id);
CREATE INDEX meeting_by_credit_note ON public.meeting USING btree (credit_note_id, tenant_id);
CREATE INDEX meeting_by_line ON public.meeting USING btree (invoice_id, invoice_line, tenant_id);
CREATE INDEX meeting_by_subscription ON public.meeting USING btree (subscription_id, tenant_id, id);
CREATE UNIQUE INDEX meeting_ordinal_taken ON public.meeting USING btree (tenant_id, subscription_id, month, ordinal) WHERE (ordinal > 0);
CREATE INDEX meeting_owed ON public.meeting USING btree (tenant_id, subscription_id, month) WHERE (status = ANY (ARRAY['pending'::text, 'earned'::text]));
CREATE INDEX one_time_password_by_end ON public.one_time_password USING btree (expires_at);
CREATE INDEX one_time_password_request_by_age ON public.one_time_password_request USING btree ((requested_at[cardinality(requested_at)]));
CREATE INDEX payment_advance ON public.payment USING btree (customer_id, tenant_id, created_at, id) WHERE (unallocated > 0);
CREATE INDEX payment_allocation_by_invoice ON public.payment_allocation USING btree (invoice_id, tenant_id, payment_id);
CREATE INDEX payment_allocation_by_journal ON public.payment_allocation USING btree (journal_id, tenant_id);
CREATE INDEX payment_allocation_by_release ON public.payment_allocation USING btree (released_by, tenant_id);
CREATE INDEX payment_by_customer ON public.payment USING btree (customer_id, tenant_id, id);
CREATE INDEX payment_by_receipt ON public.payment USING btree (receipt_id, tenant_id);
CREATE INDEX payment_hold ON public.payment USING btree (customer_id, tenant_id, held_until) WHERE (status = 'pending'::text);
CREATE INDEX payment_receipt_by_journal ON public.payment_receipt USING btree (journal_id, tenant_id);
CREATE UNIQUE INDEX payment_receipt_once ON public.payment USING btree (receipt_id, tenant_id) WHERE ((receipt_id IS NOT NULL) AND (status <> 'reversed'::text));
CREATE INDEX payment_receipt_unmatched ON public.payment_receipt USING btree (tenant_id, id) WHERE (status = 'unmatched'::text);
CREATE UNIQUE INDEX product_barcode_taken ON public.product USING btree (barcode, tenant_id) WHERE ((barcode <> ''::text) AND (archived_at IS NULL));
CREATE INDEX product_by_change ON public.product USING btree (tenant_id, updated_at);
CREATE INDEX product_by_name ON public.product USING btree (folded_name, tenant_id) WHERE (archived_at IS NULL);
CREATE UNIQUE INDEX product_sku_taken ON public.product USING btree (sku, tenant_id) WHERE ((sku <> ''::text) AND (archived_at IS NULL));
CREATE INDEX quota_lease_by_process ON public.quota_lease USING btree (process_id);
CREATE INDEX refund_by_journal ON public.refund USING btree (journal_id, tenant_id);
CREATE INDEX refund_by_payment ON public.refund USING btree (payment_id, tenant_id, id);
CREATE INDEX reminder_by_customer ON public.reminder USING btree (customer_id, tenant_id, id);
CREATE INDEX reminder_by_due ON public.reminder USING btree (due_at, tenant_id);
CREATE INDEX reminder_by_invoice ON public.reminder USING btree (invoice_id, tenant_id, id);
CREATE UNIQUE INDEX reminder_occurrence_open ON public.reminder_occurrence USING btree (tenant_id, reminder_id) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text]));
CREATE INDEX revoked_token_by_change ON public.revoked_token USING btree (changed_in);
CREATE INDEX revoked_token_by_end ON public.revoked_token USING btree (expires_at);
CREATE INDEX stock_batch_by_product ON public.stock_batch USING btree (product_id, tenant_id);
CREATE INDEX stock_movement_by_batch ON public.stock_movement USING btree (batch_id, tenant_id, id);
CREATE INDEX stock_movement_by_document ON public.stock_movement USING btree (document_id, tenant_id, id);
CREATE INDEX stock_movement_by_journal ON public.stock_movement USING btree (journal_id, tenant_id);
CREATE INDEX stock_movement_by_product ON public.stock_movement USING btree (product_id, tenant_id, id);
CREATE INDEX stock_reservation_by_document ON public.stock_reservation USING btree (document_id, tenant_id, expires_at);
CREATE INDEX stock_reservation_by_product ON public.stock_reservation USING btree (product_id, tenant_id, expires_at);
CREATE INDEX subject_epoch_by_change ON public.subject_epoch USING btree (changed_in);
CREATE INDEX subject_epoch_by_time ON public.subject_epoch USING btree (not_before);
CREATE INDEX subscription_by_customer ON public.subscription USING btree (customer_id, tenant_id, id);
CREATE INDEX subscription_by_trial_plan ON public.subscription USING btree (trial_plan_id, tenant_id);
CREATE UNIQUE INDEX subscription_of_customer ON public.subscription USING btree (tenant_id, customer_id) WHERE (ends_on IS NULL);
CREATE INDEX subscription_phase_by_plan ON public.subscription_phase USING btree (plan_id, tenant_id, subscription_id);
CREATE INDEX token_grant_by_end ON public.token_grant USING btree (expires_at);
CREATE INDEX token_grant_by_source ON public.token_grant USING btree (tenant_id, source_token_id);
CREATE INDEX usage_event_by_period ON public.usage_event USING btree (subscription_id, tenant_id, meter, period_from, used_at, transaction_id);
CREATE INDEX usage_total_unbilled ON public.usage_total USING btree (tenant_id, subscription_id, period_through) WHERE (billed_units < units);
CREATE TRIGGER bill_line_append_only BEFORE DELETE OR TRUNCATE ON public.bill_line FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER bill_line_keep BEFORE UPDATE ON public.bill_line FOR EACH ROW EXECUTE FUNCTION public.bill_line_keep();
CREATE TRIGGER credit_note_append_only BEFORE DELETE OR TRUNCATE ON public.credit_note FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER credit_note_check_sums AFTER INSERT ON public.credit_note DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.credit_note_check_sums();
CREATE TRIGGER credit_note_keep BEFORE INSERT OR UPDATE ON public.credit_note FOR EACH ROW EXECUTE FUNCTION public.credit_note_keep();
CREATE TRIGGER credit_note_line_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.credit_note_line FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER document_series_step BEFORE INSERT OR UPDATE OF prefix, start_year, last_sequence ON public.document_series FOR EACH ROW EXECUTE FUNCTION public.document_series_step();
CREATE TRIGGER entitlement_override_append_only BEFORE DELETE OR TRUNCATE ON public.entitlement_override FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER invoice_append_only BEFORE DELETE OR TRUNCATE ON public.invoice FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER invoice_check_sums AFTER INSERT OR UPDATE OF line_count, gross, discount, taxable, cgst, sgst, igst, cess, cost ON public.invoice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.invoice_check_sums();
CREATE TRIGGER invoice_keep BEFORE INSERT OR UPDATE ON public.invoice FOR EACH ROW EXECUTE FUNCTION public.invoice_keep();
CREATE TRIGGER invoice_line_added AFTER INSERT ON public.invoice_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.invoice_line_added();
CREATE TRIGGER invoice_line_append_only BEFORE UPDATE OR TRUNCATE ON public.invoice_line FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER invoice_line_removed AFTER DELETE ON public.invoice_line REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.invoice_line_removed();
CREATE TRIGGER lead_status_follows BEFORE UPDATE OF status ON public.lead FOR EACH ROW WHEN ((old.status <> new.status)) EXECUTE FUNCTION public.lead_check_status();
CREATE TRIGGER lead_tags_of_changed AFTER UPDATE ON public.lead FOR EACH ROW WHEN (((old.tags <> new.tags) OR (((old.deleted_at IS NULL) <> (new.deleted_at IS NULL)) AND (cardinality(old.tags) > 0)))) EXECUTE FUNCTION public.lead_keep_tags();
CREATE TRIGGER lead_tags_of_new AFTER INSERT ON public.lead FOR EACH ROW WHEN ((cardinality(new.tags) > 0)) EXECUTE FUNCTION public.lead_keep_tags();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_journal FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_append_only();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_line FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_append_only();
CREATE TRIGGER ledger_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_is_append_only();
CREATE TRIGGER ledger_change_period BEFORE INSERT OR UPDATE ON public.ledger_period FOR EACH ROW EXECUTE FUNCTION public.ledger_change_period();
CREATE CONSTRAINT TRIGGER ledger_check_journal AFTER INSERT ON public.ledger_journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.ledger_check_journal();
CREATE CONSTRAINT TRIGGER ledger_count_journal AFTER INSERT ON public.ledger_journal DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.ledger_count_journal();
CREATE TRIGGER ledger_period_filed BEFORE UPDATE ON public.ledger_period FOR EACH ROW EXECUTE FUNCTION public.ledger_period_keep_filed();
CREATE TRIGGER ledger_period_open BEFORE INSERT ON public.ledger_journal FOR EACH ROW EXECUTE FUNCTION public.ledger_demand_open_period();
CREATE TRIGGER ledger_seal_follows BEFORE INSERT ON public.ledger_seal FOR EACH ROW EXECUTE FUNCTION public.ledger_seal_follows();
CREATE TRIGGER meeting_append_only BEFORE DELETE OR TRUNCATE ON public.meeting FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER meeting_bill_cancelled BEFORE UPDATE ON public.meeting FOR EACH ROW WHEN (((old.status = 'billed'::text) AND (new.status = 'earned'::text))) EXECUTE FUNCTION public.meeting_demand_cancelled_bill();
CREATE TRIGGER meeting_keep BEFORE UPDATE ON public.meeting FOR EACH ROW EXECUTE FUNCTION public.meeting_keep();
CREATE TRIGGER payment_allocation_append_only BEFORE DELETE OR TRUNCATE ON public.payment_allocation FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER payment_allocation_check AFTER INSERT OR UPDATE ON public.payment_allocation DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.payment_allocation_check();
CREATE TRIGGER payment_allocation_keep BEFORE UPDATE ON public.payment_allocation FOR EACH ROW EXECUTE FUNCTION public.payment_allocation_keep();
CREATE TRIGGER payment_append_only BEFORE DELETE OR TRUNCATE ON public.payment FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER payment_check AFTER INSERT OR UPDATE ON public.payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.payment_check();
CREATE TRIGGER payment_keep BEFORE INSERT OR UPDATE ON public.payment FOR EACH ROW EXECUTE FUNCTION public.payment_keep();
CREATE TRIGGER payment_receipt_append_only BEFORE DELETE OR TRUNCATE ON public.payment_receipt FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER payment_receipt_keep BEFORE INSERT OR UPDATE ON public.payment_receipt FOR EACH ROW EXECUTE FUNCTION public.payment_receipt_keep();
CREATE TRIGGER payment_tender_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.payment_tender FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER payment_tender_check AFTER INSERT ON public.payment_tender DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.payment_part_check();
CREATE TRIGGER plan_append_only BEFORE DELETE OR TRUNCATE ON public.plan FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER plan_keep BEFORE UPDATE ON public.plan FOR EACH ROW EXECUTE FUNCTION public.plan_keep();
CREATE TRIGGER plan_version_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.plan_version FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER quota_changed AFTER INSERT OR DELETE OR UPDATE ON public.quota FOR EACH STATEMENT EXECUTE FUNCTION public.quota_changed();
CREATE TRIGGER refund_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.refund FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE CONSTRAINT TRIGGER refund_check AFTER INSERT ON public.refund DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.payment_part_check();
CREATE TRIGGER reminder_check_new_occurrence BEFORE INSERT ON public.reminder_occurrence FOR EACH ROW EXECUTE FUNCTION public.reminder_check_new_occurrence();
CREATE TRIGGER reminder_check_occurrence BEFORE UPDATE ON public.reminder_occurrence FOR EACH ROW EXECUTE FUNCTION public.reminder_check_occurrence();
CREATE TRIGGER reminder_show_occurrence AFTER INSERT OR UPDATE OF state, due_at ON public.reminder_occurrence FOR EACH ROW EXECUTE FUNCTION public.reminder_show_occurrence();
CREATE TRIGGER revoked_token_changed AFTER INSERT OR UPDATE ON public.revoked_token FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER revoked_token_stamped BEFORE INSERT OR UPDATE ON public.revoked_token FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER signing_key_changed AFTER INSERT OR UPDATE ON public.signing_key FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER stock_movement_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.stock_movement FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER subject_epoch_changed AFTER INSERT OR UPDATE ON public.subject_epoch FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER subject_epoch_stamped BEFORE INSERT OR UPDATE ON public.subject_epoch FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER subscription_append_only BEFORE DELETE OR TRUNCATE ON public.subscription FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER subscription_keep BEFORE UPDATE ON public.subscription FOR EACH ROW EXECUTE FUNCTION public.subscription_keep();
CREATE TRIGGER subscription_phase_keep BEFORE INSERT OR DELETE OR UPDATE ON public.subscription_phase FOR EACH ROW EXECUTE FUNCTION public.subscription_phase_keep();
CREATE TRIGGER subscription_phase_no_truncate BEFORE TRUNCATE ON public.subscription_phase FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER tax_period_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.tax_period FOR EACH STATEMENT EXECUTE FUNCTION public.tax_period_is_append_only();
CREATE TRIGGER tax_period_file BEFORE INSERT ON public.tax_period FOR EACH ROW EXECUTE FUNCTION public.tax_period_file();
CREATE TRIGGER tax_period_filed_change BEFORE UPDATE OF status ON public.credit_note FOR EACH ROW WHEN ((new.status <> old.status)) EXECUTE FUNCTION public.tax_period_demand_open();
CREATE TRIGGER tax_period_filed_change BEFORE UPDATE OF status ON public.invoice FOR EACH ROW WHEN (((new.issued_on IS NOT NULL) AND (new.status <> old.status) AND ((old.status = 'draft'::text) OR (new.status = 'cancelled'::text)))) EXECUTE FUNCTION public.tax_period_demand_open();
CREATE TRIGGER tax_period_filed_new BEFORE INSERT ON public.credit_note FOR EACH ROW EXECUTE FUNCTION public.tax_period_demand_open();
CREATE TRIGGER tax_period_filed_new BEFORE INSERT ON public.invoice FOR EACH ROW WHEN ((new.issued_on IS NOT NULL)) EXECUTE FUNCTION public.tax_period_demand_open();
CREATE TRIGGER tax_rate_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.tax_rate FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER tenant_changed AFTER INSERT OR UPDATE ON public.tenant FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER tenant_stamped BEFORE INSERT OR UPDATE ON public.tenant FOR EACH ROW EXECUTE FUNCTION public.identity_stamp();
CREATE TRIGGER token_grant_changed AFTER UPDATE ON public.token_grant FOR EACH STATEMENT EXECUTE FUNCTION public.identity_changed();
CREATE TRIGGER usage_event_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.usage_event FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER usage_total_append_only BEFORE DELETE OR TRUNCATE ON public.usage_total FOR EACH STATEMENT EXECUTE FUNCTION public.billing_is_append_only();
CREATE TRIGGER usage_total_keep BEFORE UPDATE ON public.usage_total FOR EACH ROW EXECUTE FUNCTION public.usage_total_keep();
ALTER TABLE ONLY public.bill_line
    ADD CONSTRAINT bill_line_line FOREIGN KEY (tenant_id, invoice_id, line_number) REFERENCES public.invoice_line(tenant_id, invoice_id, number);
ALTER TABLE ONLY public.bill_line
    ADD CONSTRAINT bill_line_meeting FOREIGN KEY (tenant_id, meeting_id) REFERENCES public.meeting(tenant_id, id);
ALTER TABLE ONLY public.bill_line
    ADD CONSTRAINT bill_line_plan FOREIGN KEY (tenant_id, plan_id, plan_version) REFERENCES public.plan_version(tenant_id, plan_id, number);
ALTER TABLE ONLY public.bill_line
    ADD CONSTRAINT bill_line_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);
ALTER TABLE ONLY public.contact_preference
    ADD CONSTRAINT contact_preference_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.credit_note_line
    ADD CONSTRAINT credit_note_line_line FOREIGN KEY (tenant_id, invoice_id, line_number) REFERENCES public.invoice_line(tenant_id, invoice_id, number);
ALTER TABLE ONLY public.credit_note_line
    ADD CONSTRAINT credit_note_line_note FOREIGN KEY (tenant_id, credit_note_id) REFERENCES public.credit_note(tenant_id, id);
ALTER TABLE ONLY public.credit_note
    ADD CONSTRAINT credit_note_payer FOREIGN KEY (tenant_id, payer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_merged_into FOREIGN KEY (tenant_id, merged_into) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.entitlement_override
    ADD CONSTRAINT entitlement_override_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_converted_into FOREIGN KEY (tenant_id, converted_into) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_corrects FOREIGN KEY (tenant_id, corrects_id) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_product FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_tax_rate FOREIGN KEY (tenant_id, tax_rate_id) REFERENCES public.tax_rate(tenant_id, id);
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
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_credit_note FOREIGN KEY (tenant_id, credit_note_id) REFERENCES public.credit_note(tenant_id, id);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_line FOREIGN KEY (tenant_id, invoice_id, invoice_line) REFERENCES public.invoice_line(tenant_id, invoice_id, number);
ALTER TABLE ONLY public.meeting
    ADD CONSTRAINT meeting_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);
ALTER TABLE ONLY public.payment_allocation
    ADD CONSTRAINT payment_allocation_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.payment_allocation
    ADD CONSTRAINT payment_allocation_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.payment_allocation
    ADD CONSTRAINT payment_allocation_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payment(tenant_id, id);
ALTER TABLE ONLY public.payment_allocation
    ADD CONSTRAINT payment_allocation_release FOREIGN KEY (tenant_id, released_by) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.payment
    ADD CONSTRAINT payment_receipt FOREIGN KEY (tenant_id, receipt_id) REFERENCES public.payment_receipt(tenant_id, id);
ALTER TABLE ONLY public.payment_receipt
    ADD CONSTRAINT payment_receipt_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.payment_tender
    ADD CONSTRAINT payment_tender_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payment(tenant_id, id);
ALTER TABLE ONLY public.plan_version
    ADD CONSTRAINT plan_version_plan FOREIGN KEY (tenant_id, plan_id) REFERENCES public.plan(tenant_id, id);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.refund
    ADD CONSTRAINT refund_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES public.payment(tenant_id, id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES public.invoice(tenant_id, id);
ALTER TABLE ONLY public.reminder_occurrence
    ADD CONSTRAINT reminder_occurrence_reminder FOREIGN KEY (tenant_id, reminder_id) REFERENCES public.reminder(tenant_id, id);
ALTER TABLE ONLY public.stock_batch
    ADD CONSTRAINT stock_batch_product FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);
ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_batch FOREIGN KEY (tenant_id, batch_id) REFERENCES public.stock_batch(tenant_id, id);
ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES public.ledger_journal(tenant_id, id);
ALTER TABLE ONLY public.stock_movement
    ADD CONSTRAINT stock_movement_product FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);
ALTER TABLE ONLY public.stock_reservation
    ADD CONSTRAINT stock_reservation_product FOREIGN KEY (tenant_id, product_id) REFERENCES public.product(tenant_id, id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.subscription_phase
    ADD CONSTRAINT subscription_phase_plan FOREIGN KEY (tenant_id, plan_id) REFERENCES public.plan(tenant_id, id);
ALTER TABLE ONLY public.subscription_phase
    ADD CONSTRAINT subscription_phase_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);
ALTER TABLE ONLY public.subscription
    ADD CONSTRAINT subscription_trial_plan FOREIGN KEY (tenant_id, trial_plan_id) REFERENCES public.plan(tenant_id, id);
ALTER TABLE ONLY public.usage_event
    ADD CONSTRAINT usage_event_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);
ALTER TABLE ONLY public.usage_total
    ADD CONSTRAINT usage_total_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES public.subscription(tenant_id, id);
ALTER TABLE public.bill_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.contact_preference ENABLE ROW LEVEL SECURITY;
CREATE POLICY counter ON public.ledger_balance TO switchboard_owner USING (true) WITH CHECK (true);
CREATE POLICY counter ON public.ledger_day TO switchboard_owner USING (true) WITH CHECK (true);
CREATE POLICY counter ON public.ledger_line FOR SELECT TO switchboard_owner USING (true);
ALTER TABLE public.credit_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.credit_note_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.document_series ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.entitlement_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice_line ENABLE ROW LEVEL SECURITY;
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
ALTER TABLE public.ledger_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.meeting ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.one_time_password ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.one_time_password_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payment_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payment_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payment_tender ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.plan_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.principal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.product ENABLE ROW LEVEL SECURITY;
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
ALTER TABLE public.refund ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.reminder_occurrence ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revoked_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY sealer ON public.ledger_journal FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY sealer ON public.ledger_seal FOR SELECT TO switchboard_owner USING (true);
ALTER TABLE public.seller ENABLE ROW LEVEL SECURITY;
CREATE POLICY sharer ON public.quota_lease TO switchboard_owner USING (true) WITH CHECK (true);
ALTER TABLE public.stock_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.stock_movement ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.stock_reservation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.subject_epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.subscription_phase ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tax_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tax_rate ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public.bill_line USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.contact_preference USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.credit_note USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.credit_note_line USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.customer USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.delivery USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.document_series USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.entitlement_override USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.idempotency_key USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.invoice USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.invoice_line USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
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
CREATE POLICY tenant ON public.ledger_seal USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.meeting USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.one_time_password USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.one_time_password_request USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.outbox USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.payment USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.payment_allocation USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.payment_receipt USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.payment_tender USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.plan USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.plan_version USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.principal USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.product USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.quota USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.quota_lease USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.refund USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.reminder USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.reminder_occurrence USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.revoked_token USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.seller USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.stock_batch USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.stock_movement USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.stock_reservation USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.subject_epoch USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.subscription USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.subscription_phase USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.tax_period USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.tax_rate USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
ALTER TABLE public.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON public.tenant USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.token_grant USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.usage_event USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant ON public.usage_total USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
ALTER TABLE public.token_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_total ENABLE ROW LEVEL SECURITY;
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
REVOKE ALL ON FUNCTION public.ledger_count_journal() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.ledger_tenants_to_seal(after text, most bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ledger_tenants_to_seal(after text, most bigint) TO switchboard_app;
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
GRANT SELECT,INSERT ON TABLE public.bill_line TO switchboard_app;
GRANT UPDATE(released_at) ON TABLE public.bill_line TO switchboard_app;
GRANT UPDATE(is_owed) ON TABLE public.bill_line TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.contact_preference TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.credit_note TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.credit_note_line TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.customer TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.delivery TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.document_series TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.entitlement_override TO switchboard_app;
GRANT UPDATE(through_day) ON TABLE public.entitlement_override TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.idempotency_key TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.invoice TO switchboard_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.invoice_line TO switchboard_app;
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
GRANT SELECT,INSERT ON TABLE public.ledger_seal TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(version) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(status) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(fee) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(attended_minutes) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(ordinal) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(void_reason) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(invoice_id) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(invoice_line) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(billed_on) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(credit_note_id) ON TABLE public.meeting TO switchboard_app;
GRANT UPDATE(updated_at) ON TABLE public.meeting TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.one_time_password TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.one_time_password_request TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.outbox_cursor TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(version) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(status) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(series) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(start_year) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(sequence) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(number) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(amount) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(allocated) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(unallocated) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(refunded) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(allocation_count) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(paid_on) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(receipt_id) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(end_reason) ON TABLE public.payment TO switchboard_app;
GRANT UPDATE(updated_at) ON TABLE public.payment TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.payment_allocation TO switchboard_app;
GRANT UPDATE(released_by) ON TABLE public.payment_allocation TO switchboard_app;
GRANT UPDATE(released_at) ON TABLE public.payment_allocation TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.payment_receipt TO switchboard_app;
GRANT UPDATE(version) ON TABLE public.payment_receipt TO switchboard_app;
GRANT UPDATE(status) ON TABLE public.payment_receipt TO switchboard_app;
GRANT UPDATE(updated_at) ON TABLE public.payment_receipt TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.payment_tender TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.plan TO switchboard_app;
GRANT UPDATE(version) ON TABLE public.plan TO switchboard_app;
GRANT UPDATE(is_retired) ON TABLE public.plan TO switchboard_app;
GRANT UPDATE(updated_at) ON TABLE public.plan TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.plan_version TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.principal TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.product TO switchboard_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.quota TO switchboard_app;
GRANT SELECT ON TABLE public.quota_lease TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.refund TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.reminder TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.reminder_occurrence TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.revoked_token TO switchboard_app;
GRANT SELECT ON TABLE public.schema_migration TO PUBLIC;
GRANT SELECT ON TABLE public.sealed_column TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.seller TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(sealed_private_key) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(state) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(signs_from) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(retired_at) ON TABLE public.signing_key TO switchboard_app;
GRANT UPDATE(public_key_proof) ON TABLE public.signing_key TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.stock_batch TO switchboard_app;
GRANT UPDATE(on_hand) ON TABLE public.stock_batch TO switchboard_app;
GRANT UPDATE(value) ON TABLE public.stock_batch TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.stock_movement TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.stock_reservation TO switchboard_app;
GRANT UPDATE(expires_at) ON TABLE public.stock_reservation TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.subject_epoch TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(version) ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(billed_through) ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(refused_on) ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(ends_on) ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(cancel_reason) ON TABLE public.subscription TO switchboard_app;
GRANT UPDATE(updated_at) ON TABLE public.subscription TO switchboard_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.subscription_phase TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.tax_period TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.tax_rate TO switchboard_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tenant TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.token_grant TO switchboard_app;
GRANT UPDATE(revoked_at) ON TABLE public.token_grant TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.usage_event TO switchboard_app;
GRANT SELECT,INSERT ON TABLE public.usage_total TO switchboard_app;
GRANT UPDATE(units) ON TABLE public.usage_total TO switchboard_app;
GRANT UPDATE(billed_units) ON TABLE public.usage_total TO switchboard_app;
