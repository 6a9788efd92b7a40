-- What happened, to be told to others: written by the transaction that made it happen, read when it is committed.
CREATE TABLE outbox (
    -- The order in which it is read. A number alone would not do: a transaction that drew a lower one may commit later. So a reader
    -- takes only events of transactions that are older than every one that still runs here.
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    number bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id text COLLATE "C" NOT NULL,
    -- The full name of the message in payload.
    topic text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_key PRIMARY KEY (xid, number, tenant_id),
    CONSTRAINT outbox_topic CHECK (octet_length(topic) BETWEEN 1 AND 256),
    CONSTRAINT outbox_subject CHECK (octet_length(subject) <= 256)
);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT INSERT ON outbox TO switchboard_app;

-- The functions below are the only way past the tenants, and they run as the owner.
CREATE POLICY reader ON outbox FOR SELECT TO switchboard_owner USING (true);
CREATE POLICY purger ON outbox FOR DELETE TO switchboard_owner USING (true);

-- How far each of those who must hear of every event has come. Whoever holds the row is the one that reads for it.
CREATE TABLE outbox_cursor (
    consumer text COLLATE "C" NOT NULL,
    xid xid8 NOT NULL,
    number bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_cursor_key PRIMARY KEY (consumer),
    CONSTRAINT outbox_cursor_consumer CHECK (octet_length(consumer) BETWEEN 1 AND 64)
);
GRANT SELECT, INSERT, UPDATE ON outbox_cursor TO switchboard_app;

-- The oldest transaction that may still write here: what older ones wrote is all there. Of those that run, PostgreSQL counts the other
-- databases' too, and one of those may take hours; which database one belongs to is known by the lock that each holds on itself. One that
-- is not found there, since it began or ended this moment, counts as ours.
CREATE FUNCTION outbox_horizon() RETURNS xid8
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot())) FROM pg_snapshot_xip(pg_current_snapshot()) AS running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.transactionid = running::xid AND l.granted AND l.mode = 'ExclusiveLock'
                AND a.datname <> current_database()
        )
    $$;

CREATE FUNCTION outbox_after(after_xid bigint, after_number bigint, most bigint) RETURNS SETOF outbox
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT * FROM public.outbox
        WHERE (xid, number) > (after_xid::text::xid8, after_number) AND xid < (SELECT public.outbox_horizon())
        ORDER BY xid, number LIMIT most
    $$;

CREATE FUNCTION outbox_purge(older_than_seconds bigint, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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

REVOKE EXECUTE ON FUNCTION outbox_after, outbox_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_after, outbox_purge TO switchboard_app;
