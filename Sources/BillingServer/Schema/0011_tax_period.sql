-- Months whose return is filed. They stay as they are for ever: no document of them changes, and none is added.
CREATE TABLE tax_period (
    tenant_id text COLLATE "C" NOT NULL,
    -- Its first day.
    month date NOT NULL,
    -- What the tax office has confirmed the return with; may be empty.
    acknowledgement text COLLATE "C" NOT NULL DEFAULT '',
    filed_by text COLLATE "C" NOT NULL,
    filed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tax_period_key PRIMARY KEY (tenant_id, month),
    CONSTRAINT tax_period_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT tax_period_acknowledgement CHECK (acknowledgement ~ '^[0-9A-Z]{0,32}$'),
    CONSTRAINT tax_period_filed_by CHECK (octet_length(filed_by) BETWEEN 1 AND 512)
);

ALTER TABLE tax_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE tax_period FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tax_period USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON tax_period TO switchboard_app;

CREATE FUNCTION tax_period_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a return that is filed stays filed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_period_append_only', TABLE = 'tax_period';
END
$$;
CREATE TRIGGER tax_period_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tax_period
    FOR EACH STATEMENT EXECUTE FUNCTION tax_period_is_append_only();

-- A filed month is a closed one; who files it waits for those who post to it, and they for him.
CREATE FUNCTION tax_period_file() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_period_lock(NEW.tenant_id, NEW.month));
    IF NOT EXISTS (SELECT FROM ledger_period WHERE tenant_id = NEW.tenant_id AND month = NEW.month AND is_closed) THEN
        RAISE EXCEPTION 'the month of % is open', NEW.month
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tax_period_closed', TABLE = 'tax_period', COLUMN = 'month';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tax_period_file BEFORE INSERT ON tax_period FOR EACH ROW EXECUTE FUNCTION tax_period_file();

CREATE FUNCTION ledger_period_keep_filed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT NEW.is_closed AND EXISTS (SELECT FROM tax_period WHERE tenant_id = NEW.tenant_id AND month = NEW.month) THEN
        RAISE EXCEPTION 'the return of % is filed', NEW.month
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_filed', TABLE = 'ledger_period', COLUMN = 'is_closed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_period_filed BEFORE UPDATE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_keep_filed();

-- Also what posts nothing, such as an invoice over nothing, or a change of status, is refused for the days of a filed month.
CREATE FUNCTION tax_period_demand_open() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
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
CREATE TRIGGER tax_period_filed_new BEFORE INSERT ON invoice FOR EACH ROW WHEN (NEW.issued_on IS NOT NULL)
    EXECUTE FUNCTION tax_period_demand_open();
-- Payments go on, and so do statuses that follow from them; being issued and being cancelled are what a return has.
CREATE TRIGGER tax_period_filed_change BEFORE UPDATE OF status ON invoice FOR EACH ROW
    WHEN (NEW.issued_on IS NOT NULL AND NEW.status <> OLD.status AND (OLD.status = 'draft' OR NEW.status = 'cancelled'))
    EXECUTE FUNCTION tax_period_demand_open();
