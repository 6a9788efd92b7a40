-- How often who may call, where that is not the standard, and which process grants how much of it.

-- What was set. Rows of the platform's own tenant are for services, which belong to none, and, without a name, for all of a kind.
CREATE TABLE quota (
    tenant_id text COLLATE "C" NOT NULL,
    -- principal, tenant, service, endpoint.
    kind text COLLATE "C" NOT NULL,
    -- Empty for a tenant as a whole, and for all of a kind.
    name text COLLATE "C" NOT NULL,
    -- Kinds of methods, and what they spend: read, write, send, ai, admin, ingest, spending.
    class text COLLATE "C" NOT NULL,
    -- Units that are earned in a minute, or in a day of what is spent.
    per_period bigint NOT NULL,
    -- Units that may be taken at once.
    burst bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text COLLATE "C" NOT NULL DEFAULT '',
    CONSTRAINT quota_key PRIMARY KEY (tenant_id, kind, name, class),
    CONSTRAINT quota_kind CHECK (kind IN ('principal', 'tenant', 'service', 'endpoint')),
    CONSTRAINT quota_name CHECK (octet_length(name) <= 128),
    CONSTRAINT quota_class CHECK (class IN ('read', 'write', 'send', 'ai', 'admin', 'ingest', 'spending')),
    CONSTRAINT quota_per_period CHECK (per_period BETWEEN 1 AND 1000000000000),
    CONSTRAINT quota_burst CHECK (burst BETWEEN 1 AND 1000000000000)
);

ALTER TABLE quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON quota USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY reader ON quota FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON quota TO switchboard_app;

-- Goes up with every change, when it is committed: who has seen the number knows what there was. Changes are rare enough to queue for it.
CREATE TABLE quota_version (
    version bigint NOT NULL
);
INSERT INTO quota_version (version) VALUES (1);

CREATE FUNCTION quota_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        UPDATE public.quota_version SET version = version + 1;
        RETURN NULL;
    END
    $$;
CREATE TRIGGER quota_changed AFTER INSERT OR UPDATE OR DELETE ON quota FOR EACH STATEMENT EXECUTE FUNCTION quota_changed();

-- All that were set, for processes that keep to them.
CREATE FUNCTION quota_all() RETURNS TABLE (tenant_id text, kind text, name text, class text, per_period bigint, burst bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ SELECT q.tenant_id, q.kind, q.name, q.class, q.per_period, q.burst FROM public.quota AS q $$;

-- Processes that grant units. One that has not been heard of until expires_at counts as gone. Reached by functions only.
CREATE TABLE quota_process (
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT quota_process_key PRIMARY KEY (id)
);

-- What of a busy subject's quota each process grants. The row without a process (all zeros) is for the units that none has: what was
-- taken of them is earned until owed_until. Reached by functions only.
CREATE TABLE quota_lease (
    tenant_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    class text COLLATE "C" NOT NULL,
    process_id uuid NOT NULL,
    -- Of the burst's.
    units bigint NOT NULL,
    -- Units a second that its callers have asked for lately.
    wanted double precision NOT NULL,
    -- When all is earned that was taken of these units.
    owed_until timestamptz NOT NULL,
    CONSTRAINT quota_lease_key PRIMARY KEY (tenant_id, kind, name, class, process_id),
    CONSTRAINT quota_lease_units CHECK (units >= 0)
);
CREATE INDEX quota_lease_by_process ON quota_lease (process_id);

ALTER TABLE quota_lease ENABLE ROW LEVEL SECURITY;
ALTER TABLE quota_lease FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON quota_lease USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
-- The owner of the functions by which processes share.
CREATE POLICY sharer ON quota_lease TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT ON quota_lease TO switchboard_app;

-- Says that a process is at work, and waits for its turn to divide: until the transaction ends, no other does. Those that were not heard of
-- are gone, and what they had is nobody's, as if it had been taken to the last unit: nobody knows. Gives who there is, and how far changes are.
CREATE FUNCTION quota_beat(process uuid, process_name text, lease_microseconds bigint, memory_microseconds bigint)
    RETURNS TABLE (processes uuid[], version bigint, moment timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    #variable_conflict use_column
    DECLARE
        clock timestamptz;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('quota', 0));
        clock := clock_timestamp();
        INSERT INTO quota_process AS known (id, name, expires_at)
        VALUES (process, process_name, clock + lease_microseconds * interval '1 microsecond')
        ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at;
        DELETE FROM quota_process WHERE quota_process.expires_at < clock;
        WITH gone AS (
            DELETE FROM quota_lease AS lease
            WHERE process_id <> '00000000-0000-0000-0000-000000000000'
                AND NOT EXISTS (SELECT FROM quota_process WHERE quota_process.id = lease.process_id)
            RETURNING tenant_id, kind, name, class
        )
        UPDATE quota_lease AS free SET owed_until = greatest(free.owed_until, clock + memory_microseconds * interval '1 microsecond')
        FROM gone
        WHERE (free.tenant_id, free.kind, free.name, free.class) = (gone.tenant_id, gone.kind, gone.name, gone.class)
            AND free.process_id = '00000000-0000-0000-0000-000000000000';
        RETURN QUERY SELECT
            (SELECT array_agg(quota_process.id ORDER BY quota_process.id) FROM quota_process),
            (SELECT quota_version.version FROM quota_version), clock;
    END
    $$;

-- Takes a process out, when it stops.
CREATE FUNCTION quota_leave(process uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ UPDATE quota_process SET expires_at = '-infinity' WHERE id = process $$;

CREATE FUNCTION quota_leases() RETURNS TABLE (
    tenant_id text, kind text, name text, class text, process_id uuid, units bigint, wanted double precision, owed_until timestamptz
)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT l.tenant_id, l.kind, l.name, l.class, l.process_id, l.units, l.wanted, l.owed_until FROM public.quota_lease AS l
    $$;

CREATE FUNCTION quota_lease_put(
    tenants text[], kinds text[], names text[], classes text[], process_ids uuid[], units bigint[], wanted double precision[],
    owed_until timestamptz[]
) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        INSERT INTO quota_lease (tenant_id, kind, name, class, process_id, units, wanted, owed_until)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, kind, name, class, process_id)
        DO UPDATE SET units = excluded.units, wanted = excluded.wanted, owed_until = excluded.owed_until
    $$;

-- A process's units go back to what each process has without a lease. The last one to do so ends the sharing.
CREATE FUNCTION quota_lease_drop(tenants text[], kinds text[], names text[], classes text[], process uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
        DELETE FROM quota_lease AS lease USING unnest(tenants, kinds, names, classes) AS wanted (tenant_id, kind, name, class)
        WHERE (lease.tenant_id, lease.kind, lease.name, lease.class) = (wanted.tenant_id, wanted.kind, wanted.name, wanted.class)
            AND (process_id = process OR process_id = '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (
                SELECT FROM quota_lease AS other
                WHERE (other.tenant_id, other.kind, other.name, other.class) = (wanted.tenant_id, wanted.kind, wanted.name, wanted.class)
                    AND other.process_id NOT IN (process, '00000000-0000-0000-0000-000000000000')))
    $$;

REVOKE EXECUTE ON FUNCTION quota_changed, quota_all, quota_beat, quota_leave, quota_leases, quota_lease_put, quota_lease_drop FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quota_all, quota_beat, quota_leave, quota_leases, quota_lease_put, quota_lease_drop TO switchboard_app;
