-- Double entry, for each tenant. A journal and its lines are written in one transaction and never changed again, by anybody: what is wrong is
-- reversed by another journal. What cannot be seen from one row is checked when the transaction commits.
CREATE TABLE ledger_journal (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    -- The day it counts for; closed months take none.
    effective_on date NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now(),
    -- What it was posted for, such as an invoice.
    document_kind text COLLATE "C" NOT NULL,
    document_id uuid NOT NULL,
    description text NOT NULL DEFAULT '',
    posted_by text COLLATE "C" NOT NULL,
    -- The lines have the numbers 1 to this one, so that none can be added when all are there.
    line_count smallint NOT NULL,
    -- The journal whose amounts this one has on the other sides.
    reverses_id uuid,
    CONSTRAINT ledger_journal_key PRIMARY KEY (tenant_id, id),
    -- What lines refer to: they carry day and count themselves, and cannot say others than their journal.
    CONSTRAINT ledger_journal_lines UNIQUE (tenant_id, id, effective_on, line_count),
    CONSTRAINT ledger_journal_reversed_once UNIQUE (tenant_id, reverses_id),
    CONSTRAINT ledger_journal_reverses FOREIGN KEY (tenant_id, reverses_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT ledger_journal_reverses_another CHECK (reverses_id <> id),
    CONSTRAINT ledger_journal_line_count CHECK (line_count BETWEEN 2 AND 2000),
    CONSTRAINT ledger_journal_effective_on CHECK (effective_on BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT ledger_journal_document_kind CHECK (document_kind ~ '^[a-z_]{1,32}$'),
    CONSTRAINT ledger_journal_description CHECK (char_length(description) <= 500),
    CONSTRAINT ledger_journal_posted_by CHECK (octet_length(posted_by) BETWEEN 1 AND 512)
);
CREATE INDEX ledger_journal_by_document ON ledger_journal (document_id, tenant_id);

CREATE TABLE ledger_line (
    tenant_id text COLLATE "C" NOT NULL,
    journal_id uuid NOT NULL,
    number smallint NOT NULL,
    effective_on date NOT NULL,
    line_count smallint NOT NULL,
    account integer NOT NULL,
    -- Whose part of the account; all zeros where it has no parts.
    party_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    currency text COLLATE "C" NOT NULL,
    -- In the currency's smallest units.
    debit bigint NOT NULL DEFAULT 0,
    credit bigint NOT NULL DEFAULT 0,
    -- A journal has one day and one count, so that it has each number once.
    CONSTRAINT ledger_line_key PRIMARY KEY (tenant_id, journal_id, effective_on, line_count, number),
    CONSTRAINT ledger_line_journal FOREIGN KEY (tenant_id, journal_id, effective_on, line_count)
        REFERENCES ledger_journal (tenant_id, id, effective_on, line_count),
    CONSTRAINT ledger_line_number CHECK (number BETWEEN 1 AND line_count),
    CONSTRAINT ledger_line_side CHECK (debit > 0 AND credit = 0 OR debit = 0 AND credit > 0),
    CONSTRAINT ledger_line_account CHECK (account BETWEEN 1000 AND 9999),
    CONSTRAINT ledger_line_party CHECK (
        (account = 1100 OR account = 2200) = (party_id <> '00000000-0000-0000-0000-000000000000')
    ),
    CONSTRAINT ledger_line_currency CHECK (currency ~ '^[A-Z]{3}$')
);
-- An account's entries, and a customer's.
CREATE INDEX ledger_line_by_account ON ledger_line (party_id, account, tenant_id, effective_on, journal_id);

-- The sums of all lines, kept by a trigger in the transaction that posts them.
CREATE TABLE ledger_balance (
    tenant_id text COLLATE "C" NOT NULL,
    account integer NOT NULL,
    party_id uuid NOT NULL,
    currency text COLLATE "C" NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    CONSTRAINT ledger_balance_key PRIMARY KEY (tenant_id, account, party_id, currency)
);

-- The same by day and without parties: a trial balance as of any day reads days, not lines.
CREATE TABLE ledger_day (
    tenant_id text COLLATE "C" NOT NULL,
    account integer NOT NULL,
    currency text COLLATE "C" NOT NULL,
    effective_on date NOT NULL,
    debit bigint NOT NULL,
    credit bigint NOT NULL,
    CONSTRAINT ledger_day_key PRIMARY KEY (tenant_id, account, currency, effective_on)
);

-- Months that take no journal. A month that is not here is open.
CREATE TABLE ledger_period (
    tenant_id text COLLATE "C" NOT NULL,
    -- Its first day.
    month date NOT NULL,
    is_closed boolean NOT NULL,
    closed_by text COLLATE "C" NOT NULL,
    -- Opening one again needs two: who asks, and who grants it.
    reopening_asked_by text COLLATE "C" NOT NULL DEFAULT '',
    reopened_by text COLLATE "C" NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_period_key PRIMARY KEY (tenant_id, month),
    CONSTRAINT ledger_period_month CHECK (extract(day FROM month) = 1),
    CONSTRAINT ledger_period_closed_by CHECK (closed_by <> ''),
    CONSTRAINT ledger_period_four_eyes CHECK (
        is_closed AND reopened_by = '' OR NOT is_closed AND reopening_asked_by <> '' AND reopened_by <> '' AND reopened_by <> reopening_asked_by
    )
);

ALTER TABLE ledger_journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_journal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_journal USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE ledger_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_line FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_line USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE ledger_balance ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_balance FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_balance USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE ledger_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_day FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_day USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE ledger_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_period FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ledger_period USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- The function that keeps sums acts for the owner, on the tenants of lines that were let in.
CREATE POLICY counter ON ledger_balance TO switchboard_owner USING (true) WITH CHECK (true);
CREATE POLICY counter ON ledger_day TO switchboard_owner USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON ledger_journal, ledger_line TO switchboard_app;
GRANT SELECT ON ledger_balance, ledger_day TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON ledger_period TO switchboard_app;

-- For the owner and superusers as well, whom no missing grant stops.
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a journal that is posted is never changed or removed: post its reversal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only', TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();

-- In the order of the keys, so that two who post to the same accounts wait for each other and not in a circle.
CREATE FUNCTION ledger_count_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    BEGIN
        INSERT INTO ledger_balance AS kept (tenant_id, account, party_id, currency, debit, credit)
        SELECT tenant_id, account, party_id, currency, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (tenant_id, account, party_id, currency) DO UPDATE
            SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
        INSERT INTO ledger_day AS kept (tenant_id, account, currency, effective_on, debit, credit)
        SELECT tenant_id, account, currency, effective_on, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ON CONFLICT (tenant_id, account, currency, effective_on) DO UPDATE
            SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
        RETURN NULL;
    END
    $$;
REVOKE EXECUTE ON FUNCTION ledger_count_lines FROM PUBLIC;
CREATE TRIGGER ledger_count_lines AFTER INSERT ON ledger_line REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_count_lines();

-- A lock for each tenant and month: many post to it at once, and who closes it waits for them and they for him.
CREATE FUNCTION ledger_period_lock(tenant text, month date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('ledger_period ' || (month - '2000-01-01'::date)::text || ' ' || tenant, 0)
$$;

CREATE FUNCTION ledger_demand_open_period() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    first date := date_trunc('month', NEW.effective_on::timestamp)::date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(ledger_period_lock(NEW.tenant_id, first));
    IF EXISTS (SELECT FROM ledger_period WHERE tenant_id = NEW.tenant_id AND month = first AND is_closed) THEN
        RAISE EXCEPTION 'the month of % is closed', NEW.effective_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_open', TABLE = 'ledger_journal', COLUMN = 'effective_on';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_period_open BEFORE INSERT ON ledger_journal FOR EACH ROW EXECUTE FUNCTION ledger_demand_open_period();

CREATE FUNCTION ledger_change_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT NEW.is_closed OR TG_OP = 'UPDATE' AND NEW.month <> OLD.month THEN
        RAISE EXCEPTION 'a month that nobody has closed is open already'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_first_closed', TABLE = 'ledger_period', COLUMN = 'is_closed';
    END IF;
    -- Who grants has seen that somebody else asked: both in one change would be one pair of eyes.
    IF TG_OP = 'UPDATE' AND OLD.is_closed AND NOT NEW.is_closed AND OLD.reopening_asked_by IS DISTINCT FROM NEW.reopening_asked_by THEN
        RAISE EXCEPTION 'a month is opened again by somebody else than who asked for it, afterwards'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_four_eyes', TABLE = 'ledger_period', COLUMN = 'reopened_by';
    END IF;
    PERFORM pg_advisory_xact_lock(ledger_period_lock(NEW.tenant_id, NEW.month));
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_change_period BEFORE INSERT OR UPDATE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_change_period();

-- When the transaction commits: all lines are there, each currency is balanced, and a reversal is one.
CREATE FUNCTION ledger_check_journal() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    found bigint;
    unbalanced text;
BEGIN
    SELECT sum(lines), min(currency) FILTER (WHERE debit <> credit) INTO found, unbalanced FROM (
        SELECT currency, count(*) AS lines, sum(debit) AS debit, sum(credit) AS credit FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id GROUP BY currency
    ) AS sums;
    IF found IS DISTINCT FROM NEW.line_count THEN
        RAISE EXCEPTION 'journal % says it has % lines and has %', NEW.id, NEW.line_count, coalesce(found, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_complete', TABLE = 'ledger_journal';
    END IF;
    IF unbalanced IS NOT NULL THEN
        RAISE EXCEPTION 'the debits and credits of journal % in % differ', NEW.id, unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_balanced', TABLE = 'ledger_journal';
    END IF;
    IF NEW.reverses_id IS NOT NULL AND EXISTS (
        SELECT account, party_id, currency, debit, credit, count(*) FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id GROUP BY 1, 2, 3, 4, 5
        EXCEPT
        SELECT account, party_id, currency, credit, debit, count(*) FROM ledger_line
        WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.reverses_id GROUP BY 1, 2, 3, 4, 5
    ) OR NEW.line_count <> (SELECT line_count FROM ledger_journal WHERE tenant_id = NEW.tenant_id AND id = NEW.reverses_id) THEN
        RAISE EXCEPTION 'journal % is no reversal of journal %: it has other lines', NEW.id, NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_reversal', TABLE = 'ledger_journal';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_check_journal AFTER INSERT ON ledger_journal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_check_journal();
