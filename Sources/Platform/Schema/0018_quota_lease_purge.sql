ALTER TABLE quota VALIDATE CONSTRAINT quota_class;

-- quota_beat: the same as before, but that nothing stays of a process that was never heard of again: its leases go, so many at a beat that this stays
-- short, and it counts as one that grants units until the last of them has gone; and a quota that no process has a lease of any more goes when
-- all is earned that was taken of it.
CREATE OR REPLACE FUNCTION quota_beat(process uuid, process_name text, lease_microseconds bigint, memory_microseconds bigint)
    RETURNS TABLE (processes uuid[], version bigint, moment timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
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
