-- What subscriptions use: each event once, and the sum of each period.
CREATE TABLE usage_total (
    tenant_id text COLLATE "C" NOT NULL,
    subscription_id uuid NOT NULL,
    meter text COLLATE "C" NOT NULL,
    -- The period's first and last day.
    period_from date NOT NULL,
    period_through date NOT NULL,
    units bigint NOT NULL,
    -- How many of them are on bills: what comes late is on the next one, at the price of the tier that it falls into.
    billed_units bigint NOT NULL DEFAULT 0,
    CONSTRAINT usage_total_key PRIMARY KEY (tenant_id, subscription_id, meter, period_from),
    CONSTRAINT usage_total_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT usage_total_meter CHECK (meter ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT usage_total_days CHECK (period_through >= period_from),
    CONSTRAINT usage_total_units CHECK (billed_units >= 0 AND billed_units <= units AND units <= 1000000000000000)
);
CREATE INDEX usage_total_unbilled ON usage_total (tenant_id, subscription_id, period_through) WHERE billed_units < units;

CREATE TABLE usage_event (
    tenant_id text COLLATE "C" NOT NULL,
    transaction_id text COLLATE "C" NOT NULL,
    subscription_id uuid NOT NULL,
    meter text COLLATE "C" NOT NULL,
    period_from date NOT NULL,
    units bigint NOT NULL,
    used_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT usage_event_key PRIMARY KEY (tenant_id, transaction_id),
    CONSTRAINT usage_event_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT usage_event_transaction_id CHECK (transaction_id ~ '^[-0-9A-Z_a-z]{8,64}$'),
    CONSTRAINT usage_event_units CHECK (units BETWEEN 1 AND 1000000000)
);
CREATE INDEX usage_event_by_period ON usage_event (subscription_id, tenant_id, meter, period_from, used_at, transaction_id);

ALTER TABLE usage_total ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_total FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON usage_total USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE usage_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE usage_event FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON usage_event USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (units, billed_units) ON usage_total TO switchboard_app;
GRANT SELECT, INSERT ON usage_event TO switchboard_app;

-- What was counted stays counted, and what was billed stays billed.
CREATE FUNCTION usage_total_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.units < OLD.units OR NEW.billed_units < OLD.billed_units
        OR to_jsonb(NEW) - '{units,billed_units}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{units,billed_units}'::text[] THEN
        RAISE EXCEPTION 'a sum of usage only grows'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'usage_total_grows', TABLE = 'usage_total';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER usage_total_keep BEFORE UPDATE ON usage_total FOR EACH ROW EXECUTE FUNCTION usage_total_keep();
CREATE TRIGGER usage_total_append_only BEFORE DELETE OR TRUNCATE ON usage_total
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER usage_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_event
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
