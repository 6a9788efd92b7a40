-- What is taken off an invoice after it was issued. A note does not change any more, but that it can be cancelled.
CREATE TABLE credit_note (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    status text COLLATE "C" NOT NULL,
    series text COLLATE "C" NOT NULL,
    start_year smallint NOT NULL,
    sequence bigint NOT NULL,
    number text COLLATE "C" NOT NULL,
    issued_on date NOT NULL,
    invoice_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    -- Whose advance it became: the customer, or the one it was merged into.
    payer_id uuid NOT NULL,
    reason text COLLATE "C" NOT NULL,
    notes text NOT NULL DEFAULT '',
    currency text COLLATE "C" NOT NULL,
    -- In the currency's smallest units, sums of the lines but for the round-off.
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    round_off bigint NOT NULL,
    total bigint NOT NULL,
    -- What of it was owed still, and what was paid already.
    to_receivable bigint NOT NULL,
    to_advance bigint NOT NULL,
    -- What the goods that came back had cost.
    cost bigint NOT NULL DEFAULT 0,
    returned_stock boolean NOT NULL,
    line_count smallint NOT NULL,
    cancel_reason text NOT NULL DEFAULT '',
    journal_id uuid,
    issued_at timestamptz NOT NULL,
    issued_by text COLLATE "C" NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT credit_note_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT credit_note_sequence UNIQUE (tenant_id, series, start_year, sequence),
    CONSTRAINT credit_note_number_taken UNIQUE (tenant_id, number),
    CONSTRAINT credit_note_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
    CONSTRAINT credit_note_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT credit_note_payer FOREIGN KEY (tenant_id, payer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT credit_note_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT credit_note_version CHECK (version > 0),
    CONSTRAINT credit_note_status CHECK (status IN ('issued', 'cancelled')),
    CONSTRAINT credit_note_series CHECK (series ~ '^[0-9A-Z]{1,4}$'),
    CONSTRAINT credit_note_number CHECK (number ~ '^[A-Za-z0-9/-]{1,16}$'),
    CONSTRAINT credit_note_reason CHECK (
        reason IN ('goods_returned', 'price_adjustment', 'discount', 'damaged_goods', 'short_supply', 'other')
    ),
    CONSTRAINT credit_note_notes CHECK (char_length(notes) <= 500),
    CONSTRAINT credit_note_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT credit_note_amounts CHECK (
        taxable >= 0 AND cgst >= 0 AND sgst = cgst AND igst >= 0 AND cess >= 0 AND total >= 0 AND to_receivable >= 0 AND to_advance >= 0
        AND cost >= 0 AND total = taxable + cgst + sgst + igst + cess + round_off AND total = to_receivable + to_advance
    ),
    CONSTRAINT credit_note_line_count CHECK (line_count BETWEEN 1 AND 500),
    CONSTRAINT credit_note_cancel_reason CHECK (char_length(cancel_reason) <= 500 AND (cancel_reason <> '') = (status = 'cancelled')),
    CONSTRAINT credit_note_issued_by CHECK (issued_by <> '')
);
CREATE INDEX credit_note_by_invoice ON credit_note (invoice_id, tenant_id, id);
CREATE INDEX credit_note_by_customer ON credit_note (customer_id, tenant_id, id);
CREATE INDEX credit_note_by_payer ON credit_note (payer_id, tenant_id);
CREATE INDEX credit_note_by_journal ON credit_note (journal_id, tenant_id);
CREATE INDEX credit_note_by_day ON credit_note (issued_on, tenant_id, id);

CREATE TABLE credit_note_line (
    tenant_id text COLLATE "C" NOT NULL,
    credit_note_id uuid NOT NULL,
    -- The invoice's line that it is about.
    invoice_id uuid NOT NULL,
    line_number smallint NOT NULL,
    -- In thousandths; zero for a change of value.
    quantity bigint NOT NULL,
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    CONSTRAINT credit_note_line_key PRIMARY KEY (tenant_id, credit_note_id, line_number),
    CONSTRAINT credit_note_line_note FOREIGN KEY (tenant_id, credit_note_id) REFERENCES credit_note (tenant_id, id),
    CONSTRAINT credit_note_line_line FOREIGN KEY (tenant_id, invoice_id, line_number) REFERENCES invoice_line (tenant_id, invoice_id, number),
    CONSTRAINT credit_note_line_amounts CHECK (
        quantity >= 0 AND taxable >= 0 AND cgst >= 0 AND sgst = cgst AND igst >= 0 AND cess >= 0
    )
);
CREATE INDEX credit_note_line_by_line ON credit_note_line (invoice_id, line_number, tenant_id);

ALTER TABLE credit_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_note FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON credit_note USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE credit_note_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_note_line FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON credit_note_line USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON credit_note TO switchboard_app;
GRANT SELECT, INSERT ON credit_note_line TO switchboard_app;

CREATE FUNCTION credit_note_keep() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'issued' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'a credit note begins as issued'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_begins', TABLE = 'credit_note', COLUMN = 'status';
        END IF;
        -- Two notes against one invoice come one after the other, whoever writes them.
        PERFORM FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id FOR UPDATE;
        RETURN NEW;
    END IF;
    IF NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'a credit note is nobody else''s'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'credit_note_tenant', TABLE = 'credit_note', COLUMN = 'tenant_id';
    END IF;
    IF NEW.status <> OLD.status AND NOT (OLD.status = 'issued' AND NEW.status = 'cancelled') THEN
        RAISE EXCEPTION 'a credit note cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_transition', TABLE = 'credit_note', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a credit note makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_version_follows', TABLE = 'credit_note', COLUMN = 'version';
    END IF;
    IF to_jsonb(NEW) - '{version,status,updated_at,cancel_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{version,status,updated_at,cancel_reason}'::text[]
    THEN
        RAISE EXCEPTION 'credit note % is issued: it does not change', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_immutable', TABLE = 'credit_note';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER credit_note_keep BEFORE INSERT OR UPDATE ON credit_note FOR EACH ROW EXECUTE FUNCTION credit_note_keep();
CREATE TRIGGER credit_note_append_only BEFORE DELETE OR TRUNCATE ON credit_note
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER credit_note_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_note_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();

-- When the transaction commits: all lines are there, the note is their sum, they are of the note's own invoice, and no line of that has more
-- taken off than it has.
CREATE FUNCTION credit_note_check_sums() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    sums record;
BEGIN
    SELECT count(*) AS lines, sum(taxable) AS taxable, sum(cgst) AS cgst, sum(sgst) AS sgst, sum(igst) AS igst, sum(cess) AS cess,
        bool_and(invoice_id = NEW.invoice_id) AS is_own
    INTO sums FROM credit_note_line WHERE tenant_id = NEW.tenant_id AND credit_note_id = NEW.id;
    IF NOT coalesce(sums.is_own, false) OR (sums.lines, sums.taxable, sums.cgst, sums.sgst, sums.igst, sums.cess) IS DISTINCT FROM (
        NEW.line_count::bigint, NEW.taxable::numeric, NEW.cgst::numeric, NEW.sgst::numeric, NEW.igst::numeric, NEW.cess::numeric
    ) THEN
        RAISE EXCEPTION 'credit note % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_sums', TABLE = 'credit_note';
    END IF;
    IF EXISTS (
        SELECT FROM invoice_line AS line JOIN (
            SELECT line_number, sum(quantity) AS quantity, sum(l.taxable) AS taxable, sum(l.cgst) AS cgst, sum(l.igst) AS igst, sum(l.cess) AS cess
            FROM credit_note_line AS l JOIN credit_note AS note ON (note.tenant_id, note.id) = (l.tenant_id, l.credit_note_id)
            WHERE l.tenant_id = NEW.tenant_id AND l.invoice_id = NEW.invoice_id AND note.status = 'issued' GROUP BY line_number
        ) AS taken ON taken.line_number = line.number
        WHERE line.tenant_id = NEW.tenant_id AND line.invoice_id = NEW.invoice_id AND (
            taken.quantity > line.quantity OR taken.taxable > line.taxable OR taken.cgst > line.cgst OR taken.igst > line.igst
            OR taken.cess > line.cess
        )
    ) THEN
        RAISE EXCEPTION 'more is taken off a line of invoice % than it has', NEW.invoice_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_within', TABLE = 'credit_note_line';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER credit_note_check_sums AFTER INSERT ON credit_note
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credit_note_check_sums();
