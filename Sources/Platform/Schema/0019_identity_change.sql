-- What refuses tokens is read bit by bit: who has read it once reads what has changed since. Each row says in which transaction it was written
-- last: what was written by transactions that had ended when somebody read, he has seen.
ALTER TABLE tenant ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE revoked_token ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE subject_epoch ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Whatever a statement says of it.
CREATE FUNCTION identity_stamp() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        NEW.changed_in := pg_current_xact_id();
        RETURN NEW;
    END
    $$;
CREATE TRIGGER tenant_stamped BEFORE INSERT OR UPDATE ON tenant FOR EACH ROW EXECUTE FUNCTION identity_stamp();
CREATE TRIGGER revoked_token_stamped BEFORE INSERT OR UPDATE ON revoked_token FOR EACH ROW EXECUTE FUNCTION identity_stamp();
CREATE TRIGGER subject_epoch_stamped BEFORE INSERT OR UPDATE ON subject_epoch FOR EACH ROW EXECUTE FUNCTION identity_stamp();

-- What identity_refusals has that was written by this transaction or by later ones, and tenants that are not suspended any more. Who asks
-- again asks with the oldest transaction that ran when he asked last: what that one writes still, he gets, and some rows twice.
CREATE FUNCTION identity_refusals_since(since bigint, longest_life_seconds bigint)
    RETURNS TABLE (kind text, tenant_id text, name text, moment timestamptz, is_refused boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT 'tenant', t.tenant_id, '', t.changed_at, t.state = 'suspended' FROM public.tenant AS t WHERE t.changed_in >= since::text::xid8
        UNION ALL
        SELECT 'token', r.tenant_id, r.token_id, r.expires_at, true FROM public.revoked_token AS r
        WHERE r.changed_in >= since::text::xid8 AND r.expires_at > now()
        UNION ALL
        SELECT 'subject', e.tenant_id, e.subject, e.not_before, true FROM public.subject_epoch AS e
        WHERE e.changed_in >= since::text::xid8 AND e.not_before > now() - longest_life_seconds * interval '1 second'
    $$;

-- That a public key is what a server of this deployment wrote down, whoever else can write rows: a MAC by a key that is not in here.
ALTER TABLE signing_key ADD COLUMN public_key_proof bytea;
GRANT UPDATE (public_key_proof) ON signing_key TO switchboard_app;

-- A grant made by a token that has roles allows what the roles hold when it is used, and no more than when it was made: of its scopes, those
-- that nothing but a role gave.
ALTER TABLE token_grant ADD COLUMN roles text[] COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE token_grant ADD COLUMN role_scopes text[] COLLATE "C" NOT NULL DEFAULT '{}';

-- Which of these grants are good still, each named by its tenant and its id: for who watches over work of many tenants. It tells nothing
-- of a grant but that.
CREATE FUNCTION token_grants_live(tenants text[], ids uuid[]) RETURNS TABLE (tenant_id text, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT g.tenant_id, g.id FROM unnest(tenants, ids) AS asked (tenant_id, id)
        JOIN public.token_grant AS g ON g.tenant_id = asked.tenant_id AND g.id = asked.id
        WHERE g.revoked_at IS NULL AND g.expires_at > now()
            AND NOT public.token_is_revoked(g.tenant_id, g.source_token_id, g.subject || g.actors, g.source_issued_at)
            AND NOT (g.issued_by IS NOT NULL
                AND public.token_is_revoked(g.issued_by_tenant, '', ARRAY[g.issued_by], g.source_issued_at))
            AND NOT EXISTS (SELECT FROM public.tenant AS home WHERE home.tenant_id = g.tenant_id AND home.state = 'suspended')
    $$;

-- Removes principals of all tenants whose last token ended so long ago.
CREATE POLICY purger_reads ON principal FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON principal FOR DELETE TO CURRENT_USER USING (true);
CREATE FUNCTION principal_purge(ended_seconds_ago bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT p.ctid FROM public.principal AS p
            WHERE p.expires_at < now() - greatest(ended_seconds_ago, 86400) * interval '1 second' LIMIT most
        ), gone AS (
            DELETE FROM public.principal AS kept USING old WHERE kept.ctid = old.ctid RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;

-- Removes the epochs of all tenants' subjects that are older than anything that they could end: who asks knows how long grants live.
CREATE POLICY purger ON subject_epoch FOR DELETE TO CURRENT_USER USING (true);
CREATE FUNCTION subject_epoch_purge(kept_seconds bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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

REVOKE EXECUTE ON FUNCTION identity_stamp, identity_refusals_since, token_grants_live, principal_purge, subject_epoch_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_refusals_since, token_grants_live, principal_purge, subject_epoch_purge TO switchboard_app;
