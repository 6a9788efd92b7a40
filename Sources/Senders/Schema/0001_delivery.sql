-- Messages that leave the house, and what came of each. A row is sending, with its commit, before the first byte goes out: if the server
-- dies meanwhile nobody knows whether the message was taken, and it is unknown until an operator says.
CREATE TABLE delivery (
    tenant_id text COLLATE "C" NOT NULL,
    -- UUIDv7, made by whoever enqueues; receivers see it.
    id uuid NOT NULL,
    -- The caller's name for this message: a second one of the same name is none.
    dedupe_key text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    recipient text NOT NULL,
    -- What the channel's sender needs: names and values by turns.
    fields text[] NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'queued',
    -- Goes up when an attempt begins: who ends one shows its number.
    attempt integer NOT NULL DEFAULT 0,
    -- When the attempt that runs is over at the latest.
    sending_until timestamptz,
    -- The receiver's name for it.
    provider_id text,
    -- Why it was not accepted, as of the last attempt.
    reason text,
    -- Who said what became of an unknown one.
    resolved_by text,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT delivery_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT delivery_dedupe UNIQUE (tenant_id, dedupe_key),
    CONSTRAINT delivery_tenant CHECK (tenant_id <> ''),
    CONSTRAINT delivery_dedupe_size CHECK (char_length(dedupe_key) BETWEEN 1 AND 200),
    CONSTRAINT delivery_channel CHECK (channel IN ('email', 'sms', 'whatsapp', 'webhook')),
    CONSTRAINT delivery_state CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'unknown')),
    CONSTRAINT delivery_attempt CHECK (attempt >= 0 AND (attempt > 0 OR state = 'queued')),
    CONSTRAINT delivery_sending CHECK ((state = 'sending') = (sending_until IS NOT NULL))
);

-- What an operator has to look at.
CREATE INDEX delivery_unknown ON delivery (tenant_id, id) WHERE state = 'unknown';
-- The purge finds the oldest by it.
CREATE INDEX delivery_by_change ON delivery (changed_at);

ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON delivery USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON delivery TO switchboard_app;

-- The function below is the only way past the tenants, and runs as the owner.
CREATE POLICY keeper ON delivery FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON delivery FOR DELETE TO CURRENT_USER USING (true);

-- Removes messages of all tenants that nothing has happened to for 30 days, the oldest first: their texts and recipients are nobody's
-- business any more. Nothing is tried for half as long; who has not said by then what became of an unknown one will not find out.
CREATE FUNCTION delivery_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT tenant_id, id FROM public.delivery WHERE changed_at < now() - interval '30 days' ORDER BY changed_at LIMIT most
        ), gone AS (
            DELETE FROM public.delivery AS kept USING old
            WHERE (kept.tenant_id, kept.id) = (old.tenant_id, old.id) AND kept.changed_at < now() - interval '30 days' RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;

REVOKE EXECUTE ON FUNCTION delivery_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delivery_purge TO switchboard_app;
