-- Seals over the ledger's journals: a chain of digests for each tenant, so that an edit which passes all triggers is found. Who posts does not
-- touch the chain: journals are sealed some seconds later, in the order of the transactions that posted them, and only those of transactions
-- that are older than every one that still runs.

-- The transaction that posted it. Those that were there before are of the one that added this.
ALTER TABLE ledger_journal ADD COLUMN posted_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE TABLE ledger_seal (
    tenant_id text COLLATE "C" NOT NULL,
    -- 1 for the first, and one more each.
    number bigint NOT NULL,
    previous_digest bytea NOT NULL,
    digest bytea NOT NULL,
    -- The first and the last journal under it.
    first_posted_in xid8 NOT NULL,
    first_id uuid NOT NULL,
    last_posted_in xid8 NOT NULL,
    last_id uuid NOT NULL,
    journal_count smallint NOT NULL,
    -- Of each journal its id and its own digest, 48 bytes, so that of a broken seal it is known which journal broke it.
    contents bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_seal_key PRIMARY KEY (tenant_id, number),
    CONSTRAINT ledger_seal_number CHECK (number > 0),
    CONSTRAINT ledger_seal_digests CHECK (octet_length(previous_digest) = 32 AND octet_length(digest) = 32),
    CONSTRAINT ledger_seal_ends CHECK ((first_posted_in, first_id) <= (last_posted_in, last_id)),
    CONSTRAINT ledger_seal_contents CHECK (journal_count BETWEEN 1 AND 1000 AND octet_length(contents) = 48 * journal_count)
);
-- Digests do not get smaller.
ALTER TABLE ledger_seal ALTER COLUMN contents SET STORAGE EXTERNAL;

ALTER TABLE ledger_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_seal USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON ledger_seal TO switchboard_app;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- Each follows the one before it; of two servers that seal the same, one is told that it came too late.
CREATE FUNCTION ledger_seal_follows() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
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
CREATE TRIGGER ledger_seal_follows BEFORE INSERT ON ledger_seal FOR EACH ROW EXECUTE FUNCTION ledger_seal_follows();

-- The oldest transaction of this database that may still post: what older ones posted is all there. One whose database is not known, since it
-- began or ended this moment, counts as ours.
CREATE FUNCTION ledger_horizon() RETURNS xid8
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot())) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.transactionid = running::xid AND l.granted AND l.mode = 'ExclusiveLock'
                AND a.datname <> current_database()
        )
    $$;

-- Tenants with journals that can be sealed, by name, behind one of them. Looks at each tenant once, however many journals it has.
CREATE POLICY sealer ON ledger_journal FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY sealer ON ledger_seal FOR SELECT TO switchboard_owner USING (true);
CREATE FUNCTION ledger_tenants_to_seal(after text, most bigint) RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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
REVOKE EXECUTE ON FUNCTION ledger_tenants_to_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_tenants_to_seal TO switchboard_app;
