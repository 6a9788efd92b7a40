-- How, when and how often a customer may be written to. Who has no row is held to the usual.
CREATE TABLE contact_preference (
    tenant_id text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    -- Minutes of a day; across midnight when the second is the smaller, none when they are equal.
    quiet_from smallint NOT NULL,
    quiet_until smallint NOT NULL,
    -- Empty: the seller's.
    time_zone text COLLATE "C" NOT NULL DEFAULT '',
    weekly_cap smallint NOT NULL,
    monthly_cap smallint NOT NULL,
    -- The ways that the customer has agreed to.
    channels text[] NOT NULL,
    is_opted_out boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT contact_preference_key PRIMARY KEY (tenant_id, customer_id),
    CONSTRAINT contact_preference_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT contact_preference_version CHECK (version > 0),
    CONSTRAINT contact_preference_quiet CHECK (quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439),
    CONSTRAINT contact_preference_time_zone CHECK (octet_length(time_zone) <= 64),
    CONSTRAINT contact_preference_caps CHECK (weekly_cap BETWEEN 0 AND 100 AND monthly_cap BETWEEN 0 AND 100),
    CONSTRAINT contact_preference_channels CHECK (channels <@ '{email,sms,whatsapp}'::text[] AND cardinality(channels) <= 3)
);

-- What customers are reminded of, and when: the first time on a clock on the wall of its zone, and how far the others are apart there.
CREATE TABLE reminder (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    customer_id uuid NOT NULL,
    invoice_id uuid,
    kind text COLLATE "C" NOT NULL,
    -- With its places; empty for the kind's usual one.
    text text NOT NULL,
    -- The best one first.
    channels text[] NOT NULL,
    time_zone text COLLATE "C" NOT NULL,
    first_on date NOT NULL,
    first_minute smallint NOT NULL,
    interval_unit text COLLATE "C",
    interval_count integer,
    -- Of intervals in months: the day to aim at, which a shorter month may lack.
    interval_day smallint,
    -- No time is to come any more.
    is_cancelled boolean NOT NULL DEFAULT false,
    -- Of its latest occurrence; a trigger keeps them so.
    state text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reminder_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT reminder_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT reminder_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
    CONSTRAINT reminder_version CHECK (version > 0),
    CONSTRAINT reminder_kind CHECK (
        kind IN ('payment_due', 'payment_overdue', 'follow_up', 'order_ready', 'appointment', 'renewal', 'custom')
    ),
    CONSTRAINT reminder_text CHECK (char_length(text) <= 1000 AND (text <> '' OR kind <> 'custom')),
    CONSTRAINT reminder_channels CHECK (channels <@ '{email,sms,whatsapp}'::text[] AND cardinality(channels) BETWEEN 1 AND 3),
    CONSTRAINT reminder_time_zone CHECK (octet_length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT reminder_first_minute CHECK (first_minute BETWEEN 0 AND 1439),
    -- Nobody is reminded more often than once an hour.
    CONSTRAINT reminder_interval CHECK (
        CASE interval_unit
            WHEN 'minutes' THEN interval_count BETWEEN 60 AND 5270400 AND interval_day IS NULL
            WHEN 'days' THEN interval_count BETWEEN 1 AND 3660 AND interval_day IS NULL
            WHEN 'months' THEN interval_count BETWEEN 1 AND 120 AND interval_day BETWEEN 1 AND 31
            ELSE interval_unit IS NULL AND interval_count IS NULL AND interval_day IS NULL
        END
    ),
    CONSTRAINT reminder_state CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'expired'))
);
CREATE INDEX reminder_by_customer ON reminder (customer_id, tenant_id, id);
CREATE INDEX reminder_by_invoice ON reminder (invoice_id, tenant_id, id);
CREATE INDEX reminder_by_due ON reminder (due_at, tenant_id);

-- Each time of a reminder: what became of it. Its delivery has a name made of the reminder, this time and the attempt, so that the same
-- attempt is never two messages.
CREATE TABLE reminder_occurrence (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    reminder_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    -- When it is to be sent: rules may move it.
    run_at timestamptz NOT NULL,
    moved_by text[] NOT NULL DEFAULT '{}',
    state text COLLATE "C" NOT NULL DEFAULT 'pending',
    attempt smallint NOT NULL DEFAULT 0,
    -- The channels that were used, the last one at the end.
    tried text[] NOT NULL DEFAULT '{}',
    delivery_id uuid,
    -- When the last attempt was handed over: what caps count.
    begun_at timestamptz,
    sent_at timestamptz,
    -- Why it was not sent.
    reason text COLLATE "C" NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    CONSTRAINT reminder_occurrence_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT reminder_occurrence_due UNIQUE (tenant_id, reminder_id, due_at),
    CONSTRAINT reminder_occurrence_reminder FOREIGN KEY (tenant_id, reminder_id) REFERENCES reminder (tenant_id, id),
    CONSTRAINT reminder_occurrence_state CHECK (
        state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'expired')
    ),
    CONSTRAINT reminder_occurrence_attempt CHECK (
        attempt BETWEEN 0 AND 3 AND (attempt > 0 OR state = 'pending' OR state = 'cancelled' OR state = 'expired')
    ),
    CONSTRAINT reminder_occurrence_tried CHECK (tried <@ '{email,sms,whatsapp}'::text[]),
    CONSTRAINT reminder_occurrence_delivery CHECK ((delivery_id IS NOT NULL) = (attempt > 0) AND (begun_at IS NOT NULL) = (attempt > 0)),
    -- Only what a provider has accepted has a time at which it was sent.
    CONSTRAINT reminder_occurrence_sent CHECK ((sent_at IS NOT NULL) = (state = 'sent')),
    CONSTRAINT reminder_occurrence_moved_by CHECK (
        moved_by <@ '{quiet_hours,weekly_cap,monthly_cap,minimum_interval}'::text[] AND cardinality(moved_by) <= 4
    ),
    CONSTRAINT reminder_occurrence_reason CHECK (
        reason IN (
            '', 'quiet_hours', 'weekly_cap', 'monthly_cap', 'minimum_interval', 'opted_out', 'consent_missing', 'address_missing',
            'settled', 'too_late', 'refused', 'not_delivered'
        )
    ),
    CONSTRAINT reminder_occurrence_reasoned CHECK ((reason <> '') = (state = 'failed' OR state = 'expired'))
);
-- One at a time of a reminder is to come or under way.
CREATE UNIQUE INDEX reminder_occurrence_open ON reminder_occurrence (tenant_id, reminder_id) WHERE state IN ('pending', 'sending');

ALTER TABLE contact_preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_preference FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON contact_preference USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reminder USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE reminder_occurrence ENABLE ROW LEVEL SECURITY;
ALTER TABLE reminder_occurrence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON reminder_occurrence USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON contact_preference TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON reminder TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON reminder_occurrence TO switchboard_app;

-- The states that each can go to: as OccurrenceState.next has them, which a test compares.
CREATE FUNCTION reminder_may_become(old_state text, new_state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE old_state
        WHEN 'pending' THEN new_state IN ('sending', 'cancelled', 'expired')
        WHEN 'sending' THEN new_state IN ('sent', 'failed', 'unknown', 'pending')
        WHEN 'unknown' THEN new_state IN ('sent', 'failed')
        WHEN 'failed' THEN new_state = 'pending'
        ELSE false
    END
$$;

-- By a trigger, so that it holds for whoever writes. Only what is still to come moves.
CREATE FUNCTION reminder_check_occurrence() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state IS DISTINCT FROM OLD.state AND NOT public.reminder_may_become(OLD.state, NEW.state) THEN
        RAISE EXCEPTION 'a reminder cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_transition', TABLE = 'reminder_occurrence';
    END IF;
    IF NEW.due_at IS DISTINCT FROM OLD.due_at AND (OLD.state <> 'pending' OR OLD.attempt > 0) THEN
        RAISE EXCEPTION 'the time of what was sent does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_due_at_fixed', TABLE = 'reminder_occurrence';
    END IF;
    IF NEW.reminder_id IS DISTINCT FROM OLD.reminder_id OR NEW.attempt < OLD.attempt THEN
        RAISE EXCEPTION 'an occurrence stays its reminder''s, and its attempts are counted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_occurrence_fixed', TABLE = 'reminder_occurrence';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reminder_check_occurrence BEFORE UPDATE ON reminder_occurrence FOR EACH ROW EXECUTE FUNCTION reminder_check_occurrence();

-- What comes into being has not been sent.
CREATE FUNCTION reminder_check_new_occurrence() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'pending' THEN
        RAISE EXCEPTION 'a reminder begins as pending'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_transition', TABLE = 'reminder_occurrence';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reminder_check_new_occurrence BEFORE INSERT ON reminder_occurrence
    FOR EACH ROW EXECUTE FUNCTION reminder_check_new_occurrence();

-- The reminder shows its latest occurrence.
CREATE FUNCTION reminder_show_occurrence() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    UPDATE public.reminder SET state = NEW.state, due_at = NEW.due_at
    WHERE tenant_id = NEW.tenant_id AND id = NEW.reminder_id AND (state, due_at) IS DISTINCT FROM (NEW.state, NEW.due_at)
        AND NOT EXISTS (
            SELECT FROM public.reminder_occurrence AS later
            WHERE later.tenant_id = NEW.tenant_id AND later.reminder_id = NEW.reminder_id AND later.due_at > NEW.due_at
        );
    RETURN NULL;
END
$$;
CREATE TRIGGER reminder_show_occurrence AFTER INSERT OR UPDATE OF state, due_at ON reminder_occurrence
    FOR EACH ROW EXECUTE FUNCTION reminder_show_occurrence();
