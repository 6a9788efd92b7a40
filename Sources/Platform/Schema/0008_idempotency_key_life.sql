-- expands
-- Keys that are in use are known as such, and keys of the day before are forgotten.

-- For the work of a whole transaction, whose reply is known at its end only: fails as the insertion of the key would, before the work is
-- begun. Each statement in here sees what was committed before it: behind the lock there is no key that could be overlooked.
CREATE FUNCTION idempotency_key_begin(lock bigint, wanted text) RETURNS void LANGUAGE plpgsql AS $$
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

-- The function below is the only way past the tenants, and runs as the owner.
CREATE POLICY keeper ON idempotency_key FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON idempotency_key FOR DELETE TO CURRENT_USER USING (true);

-- Removes the oldest keys of all tenants, those of the last day never.
CREATE FUNCTION idempotency_key_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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

REVOKE EXECUTE ON FUNCTION idempotency_key_begin, idempotency_key_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency_key_begin, idempotency_key_purge TO switchboard_app;
