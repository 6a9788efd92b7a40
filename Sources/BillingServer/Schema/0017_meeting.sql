-- Meetings and what they are worth.
CREATE TABLE meeting (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    status text COLLATE "C" NOT NULL DEFAULT 'pending',
    subscription_id uuid NOT NULL,
    calendar_event_id text COLLATE "C" NOT NULL,
    starts_at timestamptz NOT NULL,
    -- The calendar month that it counts in, by its first day.
    month date NOT NULL,
    subject text NOT NULL DEFAULT '',
    -- In paise.
    deal_value bigint NOT NULL,
    fee bigint NOT NULL,
    attended_minutes integer NOT NULL DEFAULT 0,
    -- Which one of its month it is that has earned its fee; 0 before.
    ordinal bigint NOT NULL DEFAULT 0,
    void_reason text NOT NULL DEFAULT '',
    invoice_id uuid,
    invoice_line smallint,
    billed_on date,
    credit_note_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT meeting_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT meeting_calendar_event_taken UNIQUE (tenant_id, calendar_event_id),
    CONSTRAINT meeting_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT meeting_line FOREIGN KEY (tenant_id, invoice_id, invoice_line) REFERENCES invoice_line (tenant_id, invoice_id, number),
    CONSTRAINT meeting_credit_note FOREIGN KEY (tenant_id, credit_note_id) REFERENCES credit_note (tenant_id, id),
    CONSTRAINT meeting_version CHECK (version > 0),
    CONSTRAINT meeting_status CHECK (status IN ('pending', 'earned', 'void', 'billed', 'credited')),
    CONSTRAINT meeting_calendar_event_id CHECK (octet_length(calendar_event_id) BETWEEN 1 AND 255),
    CONSTRAINT meeting_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT meeting_subject CHECK (char_length(subject) <= 255),
    CONSTRAINT meeting_amounts CHECK (deal_value >= 0 AND fee >= 0),
    CONSTRAINT meeting_attended CHECK (attended_minutes BETWEEN 0 AND 1440),
    CONSTRAINT meeting_ordinal CHECK (
        ordinal >= 0 AND (status = 'pending' AND ordinal = 0 OR status = 'void' OR ordinal > 0 AND attended_minutes > 0)
    ),
    CONSTRAINT meeting_void_reason CHECK (char_length(void_reason) <= 500 AND (void_reason <> '') = (status IN ('void', 'credited'))),
    -- What is billed is on one line of one invoice; what was given back is on a credit note, too.
    CONSTRAINT meeting_billed CHECK (
        (status IN ('billed', 'credited')) = (invoice_id IS NOT NULL) AND (invoice_id IS NULL) = (invoice_line IS NULL)
        AND (invoice_id IS NULL) = (billed_on IS NULL) AND (status = 'credited') = (credit_note_id IS NOT NULL)
    )
);
CREATE INDEX meeting_by_subscription ON meeting (subscription_id, tenant_id, id);
-- Discounts go by places in a month: no two meetings have the same.
CREATE UNIQUE INDEX meeting_ordinal_taken ON meeting (tenant_id, subscription_id, month, ordinal) WHERE ordinal > 0;
CREATE INDEX meeting_owed ON meeting (tenant_id, subscription_id, month) WHERE status IN ('pending', 'earned');
CREATE INDEX meeting_by_line ON meeting (invoice_id, invoice_line, tenant_id);
CREATE INDEX meeting_by_credit_note ON meeting (credit_note_id, tenant_id);

-- Where each line of a bill comes from. What stands here once is never billed again, whoever runs the billing and however often.
CREATE TABLE bill_line (
    tenant_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    line_number smallint NOT NULL,
    subscription_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    period_from date NOT NULL,
    period_through date NOT NULL,
    plan_id uuid,
    plan_version integer,
    meter text COLLATE "C",
    -- USAGE: the units of the period from behind the first of these to the second.
    units_from bigint,
    units_through bigint,
    meeting_id uuid,
    CONSTRAINT bill_line_key PRIMARY KEY (tenant_id, invoice_id, line_number),
    CONSTRAINT bill_line_line FOREIGN KEY (tenant_id, invoice_id, line_number) REFERENCES invoice_line (tenant_id, invoice_id, number),
    CONSTRAINT bill_line_subscription FOREIGN KEY (tenant_id, subscription_id) REFERENCES subscription (tenant_id, id),
    CONSTRAINT bill_line_plan FOREIGN KEY (tenant_id, plan_id, plan_version) REFERENCES plan_version (tenant_id, plan_id, number),
    CONSTRAINT bill_line_meeting FOREIGN KEY (tenant_id, meeting_id) REFERENCES meeting (tenant_id, id),
    CONSTRAINT bill_line_kind CHECK (
        CASE kind
            WHEN 'recurring' THEN num_nonnulls(plan_id, plan_version) = 2 AND num_nonnulls(meter, units_from, units_through, meeting_id) = 0
            WHEN 'usage' THEN num_nonnulls(plan_id, plan_version, meter, units_from, units_through) = 5 AND meeting_id IS NULL
                AND units_from >= 0 AND units_from < units_through
            WHEN 'meeting' THEN meeting_id IS NOT NULL AND num_nonnulls(plan_id, plan_version, meter, units_from, units_through) = 0
            ELSE false
        END
    ),
    CONSTRAINT bill_line_days CHECK (period_through >= period_from)
);
CREATE UNIQUE INDEX bill_line_recurring_once ON bill_line (tenant_id, subscription_id, plan_id, period_from) WHERE kind = 'recurring';
CREATE UNIQUE INDEX bill_line_usage_once ON bill_line (tenant_id, subscription_id, meter, period_from, units_from) WHERE kind = 'usage';
CREATE UNIQUE INDEX bill_line_meeting_once ON bill_line (tenant_id, meeting_id) WHERE kind = 'meeting';
CREATE INDEX bill_line_by_subscription ON bill_line (subscription_id, tenant_id, invoice_id, line_number);
CREATE INDEX bill_line_by_plan ON bill_line (plan_id, plan_version, tenant_id);
CREATE INDEX bill_line_by_meeting ON bill_line (meeting_id, tenant_id);

ALTER TABLE meeting ENABLE ROW LEVEL SECURITY;
ALTER TABLE meeting FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON meeting USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE bill_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE bill_line FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON bill_line USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (
    version, status, fee, attended_minutes, ordinal, void_reason, invoice_id, invoice_line, billed_on, credit_note_id, updated_at
) ON meeting TO switchboard_app;
GRANT SELECT, INSERT ON bill_line TO switchboard_app;

-- The statuses that each can go to: as FeeStatus.next has them, which a test compares.
CREATE FUNCTION meeting_fee_may_become(old_status text, new_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE old_status
        WHEN 'pending' THEN new_status IN ('earned', 'void')
        WHEN 'earned' THEN new_status IN ('billed', 'void')
        WHEN 'billed' THEN new_status = 'credited'
        ELSE false
    END
$$;

CREATE FUNCTION meeting_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := '{version,status,fee,attended_minutes,ordinal,void_reason,invoice_id,invoice_line,billed_on,credit_note_id,updated_at}';
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a meeting makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_version_follows', TABLE = 'meeting', COLUMN = 'version';
    END IF;
    IF NEW.status <> OLD.status AND NOT meeting_fee_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'the fee of a meeting cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_transition', TABLE = 'meeting', COLUMN = 'status';
    END IF;
    -- The price of what was earned is settled.
    IF OLD.status <> 'pending' THEN changing := '{version,status,void_reason,invoice_id,invoice_line,billed_on,credit_note_id,updated_at}'; END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'what was booked does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_immutable', TABLE = 'meeting';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER meeting_keep BEFORE UPDATE ON meeting FOR EACH ROW EXECUTE FUNCTION meeting_keep();
CREATE TRIGGER meeting_append_only BEFORE DELETE OR TRUNCATE ON meeting
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER bill_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bill_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
