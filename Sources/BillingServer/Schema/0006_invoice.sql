-- Invoices, from draft to paid. What is issued does not change any more: only its status, and what of it is paid or taken back.
CREATE TABLE invoice (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    status text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    -- Drawn when it is issued: series, financial year, number in it, and all of that in print. A proforma has a series of its own.
    series text COLLATE "C" NOT NULL,
    start_year smallint,
    sequence bigint,
    number text COLLATE "C",
    issued_on date,
    supplied_on date,
    due_on date,
    -- What the buyer was to GST then, and where the supply went: no state is abroad.
    buyer_kind text COLLATE "C" NOT NULL,
    buyer_gstin text COLLATE "C" NOT NULL DEFAULT '',
    place_state smallint,
    nature text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    -- What the bill's own discount was asked for as: none, so many basis points, or so much.
    discount_rate integer,
    discount_flat bigint,
    -- In the currency's smallest units, all of them sums of the lines but the last three.
    gross bigint NOT NULL,
    discount bigint NOT NULL,
    taxable bigint NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    round_off bigint NOT NULL,
    payable bigint NOT NULL,
    -- What goods that left the stock had cost.
    cost bigint NOT NULL DEFAULT 0,
    paid bigint NOT NULL DEFAULT 0,
    credited bigint NOT NULL DEFAULT 0,
    line_count smallint NOT NULL,
    notes text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    -- A draft and a proforma hold for so long.
    expires_at timestamptz,
    converted_into uuid,
    -- A debit note is an invoice in a series of its own that adds to another one; every other invoice adds to none.
    corrects_id uuid,
    cancel_reason text NOT NULL DEFAULT '',
    journal_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    issued_at timestamptz,
    issued_by text COLLATE "C" NOT NULL DEFAULT '',
    CONSTRAINT invoice_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT invoice_sequence UNIQUE (tenant_id, series, start_year, sequence),
    CONSTRAINT invoice_number_taken UNIQUE (tenant_id, number),
    CONSTRAINT invoice_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT invoice_converted_into FOREIGN KEY (tenant_id, converted_into) REFERENCES invoice (tenant_id, id),
    CONSTRAINT invoice_corrects FOREIGN KEY (tenant_id, corrects_id) REFERENCES invoice (tenant_id, id),
    CONSTRAINT invoice_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT invoice_version CHECK (version > 0),
    CONSTRAINT invoice_status CHECK (
        status IN ('draft', 'proforma', 'issued', 'partial', 'paid', 'cancelled', 'void', 'converted', 'expired')
    ),
    CONSTRAINT invoice_series CHECK (series ~ '^[0-9A-Z]{1,4}$'),
    CONSTRAINT invoice_number CHECK (number ~ '^[A-Za-z0-9/-]{1,16}$'),
    -- A number, a day and who did it: all of them or none.
    CONSTRAINT invoice_issued CHECK (
        (number IS NULL) = (sequence IS NULL) AND (number IS NULL) = (start_year IS NULL) AND (number IS NULL) = (issued_on IS NULL)
        AND (number IS NULL) = (issued_at IS NULL) AND (number IS NULL) = (issued_by = '')
        AND (number IS NOT NULL OR status IN ('draft', 'void'))
        AND (number IS NULL OR status <> 'draft')
    ),
    CONSTRAINT invoice_buyer_kind CHECK (buyer_kind IN ('unregistered', 'registered', 'special_economic_zone', 'abroad')),
    CONSTRAINT invoice_buyer_gstin CHECK (buyer_gstin = '' OR buyer_gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'),
    CONSTRAINT invoice_place_state CHECK (place_state BETWEEN 1 AND 38 OR place_state IN (97, 99)),
    CONSTRAINT invoice_nature CHECK (
        nature IN ('intra_state', 'union_territory', 'inter_state', 'zero_rated_with_tax', 'zero_rated_without_tax', 'composition')
    ),
    CONSTRAINT invoice_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT invoice_discount_asked CHECK (discount_rate IS NULL OR discount_flat IS NULL),
    CONSTRAINT invoice_discount_rate CHECK (discount_rate BETWEEN 0 AND 10000),
    CONSTRAINT invoice_discount_flat CHECK (discount_flat >= 0),
    CONSTRAINT invoice_amounts CHECK (
        gross >= 0 AND discount >= 0 AND taxable >= 0 AND cgst >= 0 AND sgst = cgst AND igst >= 0 AND cess >= 0 AND payable >= 0
        AND payable = taxable + cgst + sgst + igst + cess + round_off AND round_off BETWEEN -600 AND 600
    ),
    CONSTRAINT invoice_cost CHECK (cost >= 0),
    CONSTRAINT invoice_settled CHECK (
        paid >= 0 AND credited >= 0 AND paid + credited <= payable
        AND CASE status
            WHEN 'issued' THEN paid + credited = 0 AND payable > 0
            WHEN 'partial' THEN paid + credited > 0 AND paid + credited < payable
            WHEN 'paid' THEN paid + credited = payable
            ELSE paid = 0
        END
    ),
    CONSTRAINT invoice_line_count CHECK (line_count BETWEEN 1 AND 500),
    CONSTRAINT invoice_notes CHECK (char_length(notes) <= 1000),
    CONSTRAINT invoice_tags CHECK (cardinality(tags) <= 10),
    CONSTRAINT invoice_cancel_reason CHECK (char_length(cancel_reason) <= 500 AND (cancel_reason <> '') = (status = 'cancelled')),
    CONSTRAINT invoice_corrects_issued CHECK (corrects_id IS NULL OR corrects_id <> id AND number IS NOT NULL),
    CONSTRAINT invoice_converted CHECK ((converted_into IS NOT NULL) = (status = 'converted'))
);
-- A customer's open invoices, the one that is due first at the beginning; and lists.
CREATE INDEX invoice_open ON invoice (customer_id, tenant_id, due_on, number) WHERE status IN ('issued', 'partial');
CREATE INDEX invoice_by_customer ON invoice (customer_id, tenant_id, id);
CREATE INDEX invoice_by_day ON invoice (issued_on, tenant_id, id) WHERE issued_on IS NOT NULL;
CREATE INDEX invoice_by_expiry ON invoice (expires_at, tenant_id) WHERE status IN ('draft', 'proforma') AND expires_at IS NOT NULL;
CREATE INDEX invoice_by_converted ON invoice (converted_into, tenant_id);
CREATE INDEX invoice_by_corrected ON invoice (corrects_id, tenant_id);
CREATE INDEX invoice_by_journal ON invoice (journal_id, tenant_id);

CREATE TABLE invoice_line (
    tenant_id text COLLATE "C" NOT NULL,
    invoice_id uuid NOT NULL,
    number smallint NOT NULL,
    -- Nothing for what is not among the products.
    product_id uuid,
    description text NOT NULL,
    hsn text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    -- In thousandths.
    quantity bigint NOT NULL,
    unit_price bigint NOT NULL,
    is_inclusive boolean NOT NULL,
    discount_rate integer,
    discount_flat bigint,
    gross bigint NOT NULL,
    -- Its own, and its part of the bill's.
    discount bigint NOT NULL,
    bill_discount bigint NOT NULL,
    taxable bigint NOT NULL,
    -- The row of the law that it was taxed by, and what that said.
    tax_rate_id bigint NOT NULL,
    taxability text COLLATE "C" NOT NULL,
    rate integer NOT NULL,
    cess_rate integer NOT NULL,
    cgst bigint NOT NULL,
    sgst bigint NOT NULL,
    igst bigint NOT NULL,
    cess bigint NOT NULL,
    -- What left the stock had cost.
    cost bigint NOT NULL DEFAULT 0,
    CONSTRAINT invoice_line_key PRIMARY KEY (tenant_id, invoice_id, number),
    CONSTRAINT invoice_line_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
    CONSTRAINT invoice_line_product FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
    CONSTRAINT invoice_line_tax_rate FOREIGN KEY (tenant_id, tax_rate_id) REFERENCES tax_rate (tenant_id, id),
    CONSTRAINT invoice_line_number CHECK (number BETWEEN 1 AND 500),
    CONSTRAINT invoice_line_description CHECK (char_length(description) BETWEEN 1 AND 500),
    CONSTRAINT invoice_line_hsn CHECK (hsn ~ '^([0-9]{4}|[0-9]{6}|[0-9]{8})$'),
    CONSTRAINT invoice_line_unit CHECK (unit ~ '^[a-z]{1,16}$'),
    CONSTRAINT invoice_line_quantity CHECK (quantity > 0),
    CONSTRAINT invoice_line_unit_price CHECK (unit_price >= 0),
    CONSTRAINT invoice_line_discount_asked CHECK (discount_rate IS NULL OR discount_flat IS NULL),
    CONSTRAINT invoice_line_discount_rate CHECK (discount_rate BETWEEN 0 AND 10000),
    CONSTRAINT invoice_line_discount_flat CHECK (discount_flat >= 0),
    CONSTRAINT invoice_line_amounts CHECK (
        gross >= 0 AND discount BETWEEN 0 AND gross AND bill_discount BETWEEN 0 AND gross - discount AND taxable >= 0
        AND cgst >= 0 AND sgst = cgst AND igst >= 0 AND cess >= 0 AND cost >= 0
    ),
    CONSTRAINT invoice_line_taxability CHECK (taxability IN ('taxable', 'nil_rated', 'exempt', 'non_gst')),
    CONSTRAINT invoice_line_rate CHECK (rate BETWEEN 0 AND 10000),
    CONSTRAINT invoice_line_cess_rate CHECK (cess_rate BETWEEN 0 AND 10000)
);
CREATE INDEX invoice_line_by_product ON invoice_line (product_id, tenant_id);
CREATE INDEX invoice_line_by_tax_rate ON invoice_line (tax_rate_id, tenant_id);

ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoice USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE invoice_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_line FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoice_line USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON invoice TO switchboard_app;
GRANT SELECT, INSERT, DELETE ON invoice_line TO switchboard_app;

-- The statuses that each can go to: as InvoiceStatus.next has them, which a test compares.
CREATE FUNCTION invoice_may_become(old_status text, new_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE old_status
        WHEN 'draft' THEN new_status IN ('issued', 'paid', 'void')
        WHEN 'proforma' THEN new_status IN ('converted', 'expired', 'void')
        WHEN 'issued' THEN new_status IN ('partial', 'paid', 'cancelled')
        WHEN 'partial' THEN new_status IN ('paid', 'issued', 'cancelled')
        WHEN 'paid' THEN new_status IN ('partial', 'issued')
        ELSE false
    END
$$;

CREATE FUNCTION invoice_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- What is issued was a draft before, so that its day and its number are drawn in one place; what is converted has its own way.
        IF NEW.status NOT IN ('draft', 'proforma', 'issued', 'paid') OR NEW.version <> 1 OR NEW.paid <> 0 OR NEW.credited <> 0 THEN
            RAISE EXCEPTION 'no invoice begins as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_begins', TABLE = 'invoice', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.tenant_id <> OLD.tenant_id THEN
        RAISE EXCEPTION 'an invoice is nobody else''s'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'invoice_tenant', TABLE = 'invoice', COLUMN = 'tenant_id';
    END IF;
    IF NEW.status <> OLD.status AND NOT invoice_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'an invoice cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_transition', TABLE = 'invoice', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of an invoice makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_version_follows', TABLE = 'invoice', COLUMN = 'version';
    END IF;
    IF OLD.status <> 'draft' AND (
        to_jsonb(NEW) - '{version,status,paid,credited,updated_at,converted_into,cancel_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{version,status,paid,credited,updated_at,converted_into,cancel_reason}'::text[]
    ) THEN
        RAISE EXCEPTION 'invoice % is issued: it does not change', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_immutable', TABLE = 'invoice';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER invoice_keep BEFORE INSERT OR UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION invoice_keep();
CREATE TRIGGER invoice_append_only BEFORE DELETE OR TRUNCATE ON invoice FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER invoice_line_append_only BEFORE UPDATE OR TRUNCATE ON invoice_line
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();

-- Lines come with numbers up to their invoice's count, so that none can be added when all are there; they go from drafts only.
CREATE FUNCTION invoice_line_added() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added JOIN invoice ON (invoice.tenant_id, invoice.id) = (added.tenant_id, added.invoice_id)
        WHERE added.number > invoice.line_count
    ) THEN
        RAISE EXCEPTION 'an invoice has no more lines than it says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_within', TABLE = 'invoice_line', COLUMN = 'number';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER invoice_line_added AFTER INSERT ON invoice_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_line_added();

CREATE FUNCTION invoice_line_removed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF EXISTS (
        SELECT FROM removed JOIN invoice ON (invoice.tenant_id, invoice.id) = (removed.tenant_id, removed.invoice_id)
        WHERE invoice.status <> 'draft'
    ) THEN
        RAISE EXCEPTION 'the lines of an invoice that is issued stay'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_immutable', TABLE = 'invoice_line';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER invoice_line_removed AFTER DELETE ON invoice_line REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION invoice_line_removed();

-- When the transaction commits: all lines are there, and the invoice is their sum.
CREATE FUNCTION invoice_check_sums() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    now_is invoice;
    sums record;
BEGIN
    SELECT * INTO now_is FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.id;
    SELECT count(*) AS lines, sum(gross) AS gross, sum(discount + bill_discount) AS discount, sum(taxable) AS taxable, sum(cgst) AS cgst,
        sum(sgst) AS sgst, sum(igst) AS igst, sum(cess) AS cess, sum(cost) AS cost
    INTO sums FROM invoice_line WHERE tenant_id = NEW.tenant_id AND invoice_id = NEW.id;
    IF (sums.lines, sums.gross, sums.discount, sums.taxable, sums.cgst, sums.sgst, sums.igst, sums.cess, sums.cost) IS DISTINCT FROM (
        now_is.line_count::bigint, now_is.gross::numeric, now_is.discount::numeric, now_is.taxable::numeric, now_is.cgst::numeric,
        now_is.sgst::numeric, now_is.igst::numeric, now_is.cess::numeric, now_is.cost::numeric
    ) THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_sums', TABLE = 'invoice';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER invoice_check_sums AFTER INSERT OR UPDATE OF line_count, gross, discount, taxable, cgst, sgst, igst, cess, cost ON invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoice_check_sums();
