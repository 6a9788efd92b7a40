-- Money that came for what customers owe, what of it pays which invoice, and what was given back.

-- Money of which a provider told us, each of its events once. Until somebody has said whose it is, it is in suspense (account 2900).
CREATE TABLE payment_receipt (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    status text COLLATE "C" NOT NULL DEFAULT 'unmatched',
    provider text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    method text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    received_on date NOT NULL,
    reference text NOT NULL DEFAULT '',
    -- What the provider says of who paid: for the eyes of who matches it. Nothing is ever looked up by it.
    payer text NOT NULL DEFAULT '',
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    CONSTRAINT payment_receipt_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT payment_receipt_event UNIQUE (tenant_id, provider, event_id),
    CONSTRAINT payment_receipt_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT payment_receipt_version CHECK (version > 0),
    CONSTRAINT payment_receipt_status CHECK (status IN ('unmatched', 'matched', 'reversed')),
    CONSTRAINT payment_receipt_provider CHECK (provider ~ '^[a-z][a-z0-9_]{0,31}$'),
    CONSTRAINT payment_receipt_event_id CHECK (octet_length(event_id) BETWEEN 1 AND 255),
    CONSTRAINT payment_receipt_method CHECK (method IN ('cash', 'upi', 'card', 'bank')),
    CONSTRAINT payment_receipt_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_receipt_amount CHECK (amount > 0),
    CONSTRAINT payment_receipt_reference CHECK (char_length(reference) <= 200),
    CONSTRAINT payment_receipt_payer CHECK (char_length(payer) <= 255),
    CONSTRAINT payment_receipt_created_by CHECK (octet_length(created_by) BETWEEN 1 AND 512)
);
CREATE INDEX payment_receipt_unmatched ON payment_receipt (tenant_id, id) WHERE status = 'unmatched';
CREATE INDEX payment_receipt_by_journal ON payment_receipt (journal_id, tenant_id);

CREATE TABLE payment (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    status text COLLATE "C" NOT NULL,
    customer_id uuid NOT NULL,
    -- Drawn when the money came: what is only held has none.
    series text COLLATE "C",
    start_year smallint,
    sequence bigint,
    number text COLLATE "C",
    currency text COLLATE "C" NOT NULL,
    -- What the payer's bank holds for us until then, where it was authorised first.
    held bigint,
    held_method text COLLATE "C",
    held_reference text NOT NULL DEFAULT '',
    held_until timestamptz,
    -- What came, in the currency's smallest units; and what became of it: it pays invoices, it is the customer's advance, it was given back.
    amount bigint NOT NULL DEFAULT 0,
    allocated bigint NOT NULL DEFAULT 0,
    unallocated bigint NOT NULL DEFAULT 0,
    refunded bigint NOT NULL DEFAULT 0,
    -- The number of its last allocation.
    allocation_count smallint NOT NULL DEFAULT 0,
    paid_on date,
    note text NOT NULL DEFAULT '',
    -- The money that had come already when somebody said whose it is.
    receipt_id uuid,
    end_reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    CONSTRAINT payment_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT payment_sequence UNIQUE (tenant_id, series, start_year, sequence),
    CONSTRAINT payment_number_taken UNIQUE (tenant_id, number),
    CONSTRAINT payment_customer FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    CONSTRAINT payment_receipt FOREIGN KEY (tenant_id, receipt_id) REFERENCES payment_receipt (tenant_id, id),
    CONSTRAINT payment_version CHECK (version > 0),
    CONSTRAINT payment_status CHECK (
        status IN ('pending', 'completed', 'failed', 'expired', 'void', 'partially_refunded', 'refunded', 'reversed')
    ),
    CONSTRAINT payment_number CHECK (number ~ '^[A-Za-z0-9/-]{1,16}$'),
    -- What came has a number, a day and an amount: all of them or none.
    CONSTRAINT payment_came CHECK (
        (number IS NOT NULL) = (status NOT IN ('pending', 'failed', 'expired', 'void')) AND (number IS NULL) = (sequence IS NULL)
        AND (number IS NULL) = (series IS NULL) AND (number IS NULL) = (start_year IS NULL) AND (number IS NULL) = (paid_on IS NULL)
        AND (number IS NULL) = (amount = 0) AND (number IS NOT NULL OR receipt_id IS NULL)
    ),
    CONSTRAINT payment_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_held CHECK (
        (held IS NULL) = (held_method IS NULL) AND (held IS NULL) = (held_until IS NULL) AND (held IS NULL OR held > 0)
        AND (held IS NOT NULL OR held_reference = '') AND (held IS NOT NULL OR number IS NOT NULL)
    ),
    CONSTRAINT payment_held_method CHECK (held_method ~ '^(upi|card)$'),
    CONSTRAINT payment_held_reference CHECK (char_length(held_reference) <= 200),
    CONSTRAINT payment_within_held CHECK (amount <= held),
    CONSTRAINT payment_amounts CHECK (
        amount >= 0 AND allocated >= 0 AND unallocated >= 0 AND refunded >= 0
        AND CASE status
            WHEN 'completed' THEN refunded = 0 AND allocated + unallocated = amount
            WHEN 'partially_refunded' THEN refunded > 0 AND refunded < amount AND allocated + unallocated + refunded = amount
            WHEN 'refunded' THEN refunded = amount AND allocated = 0 AND unallocated = 0
            ELSE allocated = 0 AND unallocated = 0 AND refunded = 0
        END
    ),
    CONSTRAINT payment_allocation_count CHECK (allocation_count BETWEEN 0 AND 1000),
    CONSTRAINT payment_note CHECK (char_length(note) <= 500),
    CONSTRAINT payment_end_reason CHECK (char_length(end_reason) <= 500 AND (end_reason = '' OR status IN ('void', 'failed', 'reversed'))),
    CONSTRAINT payment_created_by CHECK (octet_length(created_by) BETWEEN 1 AND 512)
);
-- A customer's payments, its advances in the order in which they came, and what is held for it still.
CREATE INDEX payment_by_customer ON payment (customer_id, tenant_id, id);
CREATE INDEX payment_advance ON payment (customer_id, tenant_id, created_at, id) WHERE unallocated > 0;
CREATE INDEX payment_hold ON payment (customer_id, tenant_id, held_until) WHERE status = 'pending';
-- Money of one receipt is one payment at a time.
CREATE UNIQUE INDEX payment_receipt_once ON payment (receipt_id, tenant_id) WHERE receipt_id IS NOT NULL AND status <> 'reversed';
CREATE INDEX payment_by_receipt ON payment (receipt_id, tenant_id);

CREATE TABLE payment_tender (
    tenant_id text COLLATE "C" NOT NULL,
    payment_id uuid NOT NULL,
    number smallint NOT NULL,
    method text COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    reference text NOT NULL DEFAULT '',
    CONSTRAINT payment_tender_key PRIMARY KEY (tenant_id, payment_id, number),
    CONSTRAINT payment_tender_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id),
    CONSTRAINT payment_tender_number CHECK (number BETWEEN 1 AND 10),
    CONSTRAINT payment_tender_method CHECK (method IN ('cash', 'upi', 'card', 'bank')),
    CONSTRAINT payment_tender_amount CHECK (amount > 0),
    CONSTRAINT payment_tender_reference CHECK (char_length(reference) <= 200)
);

-- A part of a payment that pays a part of an invoice: since which journal, and until which one.
CREATE TABLE payment_allocation (
    tenant_id text COLLATE "C" NOT NULL,
    payment_id uuid NOT NULL,
    number smallint NOT NULL,
    invoice_id uuid NOT NULL,
    amount bigint NOT NULL,
    journal_id uuid NOT NULL,
    allocated_at timestamptz NOT NULL,
    released_by uuid,
    released_at timestamptz,
    CONSTRAINT payment_allocation_key PRIMARY KEY (tenant_id, payment_id, number),
    CONSTRAINT payment_allocation_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id),
    CONSTRAINT payment_allocation_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice (tenant_id, id),
    CONSTRAINT payment_allocation_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT payment_allocation_release FOREIGN KEY (tenant_id, released_by) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT payment_allocation_number CHECK (number BETWEEN 1 AND 1000),
    CONSTRAINT payment_allocation_amount CHECK (amount > 0),
    CONSTRAINT payment_allocation_released CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE INDEX payment_allocation_by_invoice ON payment_allocation (invoice_id, tenant_id, payment_id);
CREATE INDEX payment_allocation_by_journal ON payment_allocation (journal_id, tenant_id);
CREATE INDEX payment_allocation_by_release ON payment_allocation (released_by, tenant_id);

-- An advance, or a part of one, that was given back.
CREATE TABLE refund (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    series text COLLATE "C" NOT NULL,
    start_year smallint NOT NULL,
    sequence bigint NOT NULL,
    number text COLLATE "C" NOT NULL,
    method text COLLATE "C" NOT NULL,
    amount bigint NOT NULL,
    reference text NOT NULL DEFAULT '',
    reason text NOT NULL,
    refunded_on date NOT NULL,
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    CONSTRAINT refund_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT refund_sequence UNIQUE (tenant_id, series, start_year, sequence),
    CONSTRAINT refund_payment FOREIGN KEY (tenant_id, payment_id) REFERENCES payment (tenant_id, id),
    CONSTRAINT refund_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT refund_number CHECK (number ~ '^[A-Za-z0-9/-]{1,16}$'),
    CONSTRAINT refund_method CHECK (method IN ('cash', 'upi', 'card', 'bank')),
    CONSTRAINT refund_amount CHECK (amount > 0),
    CONSTRAINT refund_reference CHECK (char_length(reference) <= 200),
    CONSTRAINT refund_reason CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT refund_created_by CHECK (octet_length(created_by) BETWEEN 1 AND 512)
);
CREATE INDEX refund_by_payment ON refund (payment_id, tenant_id, id);
CREATE INDEX refund_by_journal ON refund (journal_id, tenant_id);

ALTER TABLE payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE payment_tender ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_tender FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_tender USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE payment_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_allocation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_allocation USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE payment_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_receipt FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_receipt USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE refund ENABLE ROW LEVEL SECURITY;
ALTER TABLE refund FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refund USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (
    version, status, series, start_year, sequence, number, amount, allocated, unallocated, refunded, allocation_count, paid_on, receipt_id,
    end_reason, updated_at
) ON payment TO switchboard_app;
GRANT SELECT, INSERT, UPDATE (version, status, updated_at) ON payment_receipt TO switchboard_app;
GRANT SELECT, INSERT ON payment_tender, refund TO switchboard_app;
GRANT SELECT, INSERT, UPDATE (released_by, released_at) ON payment_allocation TO switchboard_app;

-- The statuses that each can go to: as PaymentStatus.next has them, which a test compares.
CREATE FUNCTION payment_may_become(old_status text, new_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE old_status
        WHEN 'pending' THEN new_status IN ('completed', 'failed', 'expired', 'void')
        WHEN 'completed' THEN new_status IN ('partially_refunded', 'refunded', 'reversed')
        WHEN 'partially_refunded' THEN new_status IN ('refunded')
        ELSE false
    END
$$;

CREATE FUNCTION payment_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What its course changes; and what is known only once the money came.
    changing text[] := '{version,status,allocated,unallocated,refunded,allocation_count,end_reason,updated_at}';
    coming text[] := '{series,start_year,sequence,number,amount,paid_on,receipt_id}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('pending', 'completed') OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'no payment begins as %', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_begins', TABLE = 'payment', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status AND NOT payment_may_become(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'a payment cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_transition', TABLE = 'payment', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'each change of a payment makes its next version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_version_follows', TABLE = 'payment', COLUMN = 'version';
    END IF;
    -- Nobody has to have noted that a hold is over.
    IF OLD.status = 'pending' AND (NEW.status = 'completed' AND NEW.updated_at >= OLD.held_until
        OR NEW.status = 'expired' AND NEW.updated_at < OLD.held_until) THEN
        RAISE EXCEPTION 'a hold is captured before its end, and expires at it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_hold_end', TABLE = 'payment', COLUMN = 'held_until';
    END IF;
    IF OLD.status = 'pending' AND NEW.status = 'completed' THEN changing := changing || coming; END IF;
    IF to_jsonb(NEW) - changing IS DISTINCT FROM to_jsonb(OLD) - changing THEN
        RAISE EXCEPTION 'what came, from whom and for which receipt does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_immutable', TABLE = 'payment';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_keep BEFORE INSERT OR UPDATE ON payment FOR EACH ROW EXECUTE FUNCTION payment_keep();
CREATE TRIGGER payment_append_only BEFORE DELETE OR TRUNCATE ON payment FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER payment_tender_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_tender
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER payment_allocation_append_only BEFORE DELETE OR TRUNCATE ON payment_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER payment_receipt_append_only BEFORE DELETE OR TRUNCATE ON payment_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER refund_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON refund
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();

-- An allocation is released once, and nothing else of it changes.
CREATE FUNCTION payment_allocation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.released_by IS NOT NULL OR NEW.released_by IS NULL
        OR to_jsonb(NEW) - '{released_by,released_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{released_by,released_at}'::text[] THEN
        RAISE EXCEPTION 'an allocation is released once, and does not change otherwise'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_released_once', TABLE = 'payment_allocation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_allocation_keep BEFORE UPDATE ON payment_allocation FOR EACH ROW EXECUTE FUNCTION payment_allocation_keep();

-- Whose it is may be said, and taken back as a mistake; what bounced is nobody's any more.
CREATE FUNCTION payment_receipt_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'unmatched' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'a receipt begins unmatched'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_begins', TABLE = 'payment_receipt', COLUMN = 'status';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (('unmatched', 'matched'), ('matched', 'unmatched'), ('matched', 'reversed')) THEN
        RAISE EXCEPTION 'a receipt cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_transition', TABLE = 'payment_receipt', COLUMN = 'status';
    END IF;
    IF NEW.version <> OLD.version + 1
        OR to_jsonb(NEW) - '{version,status,updated_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{version,status,updated_at}'::text[] THEN
        RAISE EXCEPTION 'what came does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_immutable', TABLE = 'payment_receipt';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_receipt_keep BEFORE INSERT OR UPDATE ON payment_receipt FOR EACH ROW EXECUTE FUNCTION payment_receipt_keep();

-- When the transaction commits: a payment is the sum of its tenders, its allocations and its refunds; a receipt is matched while a payment
-- has it.
CREATE FUNCTION payment_check_sums(tenant text, payment_id uuid) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    now_is payment;
    pays bigint;
BEGIN
    SELECT * INTO now_is FROM payment WHERE payment.tenant_id = tenant AND id = payment_id;
    SELECT coalesce(sum(amount) FILTER (WHERE released_by IS NULL), 0) INTO pays FROM payment_allocation
    WHERE payment_allocation.tenant_id = tenant AND payment_allocation.payment_id = now_is.id;
    IF pays <> now_is.allocated OR now_is.amount <> (
        SELECT coalesce(sum(amount), 0) FROM payment_tender
        WHERE payment_tender.tenant_id = tenant AND payment_tender.payment_id = now_is.id
    ) OR now_is.refunded <> (
        SELECT coalesce(sum(amount), 0) FROM refund WHERE refund.tenant_id = tenant AND refund.payment_id = now_is.id
    ) THEN
        RAISE EXCEPTION 'payment % is not the sum of its tenders, allocations and refunds', now_is.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_sums', TABLE = 'payment';
    END IF;
    IF now_is.receipt_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM payment_receipt WHERE payment_receipt.tenant_id = tenant AND id = now_is.receipt_id
            AND (status = 'matched' OR now_is.status = 'reversed') AND (currency, amount) = (now_is.currency, now_is.amount)
    ) THEN
        RAISE EXCEPTION 'the receipt of payment % is not matched with it, or of another amount', now_is.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_receipt_fits', TABLE = 'payment';
    END IF;
END
$$;

CREATE FUNCTION payment_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_check AFTER INSERT OR UPDATE ON payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payment_check();

CREATE FUNCTION payment_part_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.payment_id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_tender_check AFTER INSERT ON payment_tender DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payment_part_check();
CREATE CONSTRAINT TRIGGER refund_check AFTER INSERT ON refund DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payment_part_check();

-- And what of an invoice is paid is what payments pay of it, in its currency.
CREATE FUNCTION payment_allocation_check() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    bill invoice;
BEGIN
    PERFORM payment_check_sums(NEW.tenant_id, NEW.payment_id);
    SELECT * INTO bill FROM invoice WHERE tenant_id = NEW.tenant_id AND id = NEW.invoice_id;
    IF bill.paid <> (
        SELECT coalesce(sum(amount), 0) FROM payment_allocation
        WHERE tenant_id = NEW.tenant_id AND invoice_id = NEW.invoice_id AND released_by IS NULL
    ) THEN
        RAISE EXCEPTION 'what is paid of invoice % is not what payments pay of it', bill.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_sums', TABLE = 'payment_allocation';
    END IF;
    IF bill.currency <> (SELECT currency FROM payment WHERE tenant_id = NEW.tenant_id AND id = NEW.payment_id) THEN
        RAISE EXCEPTION 'invoice % is in another currency than its payment', bill.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocation_currency', TABLE = 'payment_allocation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER payment_allocation_check AFTER INSERT OR UPDATE ON payment_allocation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION payment_allocation_check();
