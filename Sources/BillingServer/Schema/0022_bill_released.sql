-- What an invoice had billed falls due again when that invoice is cancelled: its lines are released, and those of periods and usage are owed
-- until another bill has them. A meeting has earned its fee again, and is billed as any other.
ALTER TABLE bill_line ADD COLUMN released_at timestamptz;
ALTER TABLE bill_line ADD COLUMN is_owed boolean NOT NULL DEFAULT false;
ALTER TABLE bill_line ADD CONSTRAINT bill_line_released CHECK (NOT is_owed OR num_nonnulls(released_at) = 1 AND kind <> 'meeting') NOT VALID;
GRANT UPDATE (released_at, is_owed) ON bill_line TO switchboard_app;

-- A line is released once, with its invoice's cancellation, and owed no more when a line that is not released has the same.
CREATE FUNCTION bill_line_keep() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
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
CREATE TRIGGER bill_line_keep BEFORE UPDATE ON bill_line FOR EACH ROW EXECUTE FUNCTION bill_line_keep();
DROP TRIGGER bill_line_append_only ON bill_line;
CREATE TRIGGER bill_line_append_only BEFORE DELETE OR TRUNCATE ON bill_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();

-- The statuses that each can go to: as FeeStatus.next has them, which a test compares.
CREATE OR REPLACE FUNCTION meeting_fee_may_become(old_status text, new_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE old_status
        WHEN 'pending' THEN new_status IN ('earned', 'void')
        WHEN 'earned' THEN new_status IN ('billed', 'void')
        WHEN 'billed' THEN new_status IN ('credited', 'earned')
        ELSE false
    END
$$;

CREATE FUNCTION meeting_demand_cancelled_bill() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM invoice WHERE tenant_id = OLD.tenant_id AND id = OLD.invoice_id AND status = 'cancelled') THEN
        RAISE EXCEPTION 'the fee of a meeting is owed again when its invoice is cancelled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_bill_cancelled', TABLE = 'meeting', COLUMN = 'status';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meeting_bill_cancelled BEFORE UPDATE ON meeting FOR EACH ROW WHEN (OLD.status = 'billed' AND NEW.status = 'earned')
    EXECUTE FUNCTION meeting_demand_cancelled_bill();
