-- What is sold.
CREATE TABLE product (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    name text NOT NULL,
    -- What a search compares: the name in small letters with single spaces, and its different words.
    folded_name text COLLATE "C" NOT NULL,
    words text[] COLLATE "C" NOT NULL,
    -- The tenant's own code, and the one on the package; empty where there is none.
    sku text COLLATE "C" NOT NULL DEFAULT '',
    barcode text COLLATE "C" NOT NULL DEFAULT '',
    -- Of goods the HSN, of services the SAC.
    hsn text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    -- Of one unit, in the currency's smallest units.
    price bigint NOT NULL,
    is_price_inclusive boolean NOT NULL DEFAULT false,
    -- The most that a buyer may be asked for; none for what has no such price.
    maximum_price bigint,
    wholesale_price bigint,
    -- Its quantity is kept: what is sold leaves the stock.
    is_stocked boolean NOT NULL,
    -- In thousandths.
    minimum_stock bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- Since then it is sold no more.
    archived_at timestamptz,
    CONSTRAINT product_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT product_version CHECK (version > 0),
    CONSTRAINT product_name CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT product_folded_name CHECK (octet_length(folded_name) BETWEEN 1 AND 4096),
    CONSTRAINT product_words CHECK (cardinality(words) <= 255),
    CONSTRAINT product_sku CHECK (char_length(sku) <= 64),
    CONSTRAINT product_barcode CHECK (barcode ~ '^[0-9A-Za-z-]{0,64}$'),
    CONSTRAINT product_hsn CHECK (hsn ~ '^([0-9]{4}|[0-9]{6}|[0-9]{8})$'),
    CONSTRAINT product_unit CHECK (unit ~ '^[a-z]{1,16}$'),
    CONSTRAINT product_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT product_price CHECK (price >= 0),
    CONSTRAINT product_maximum_price CHECK (maximum_price >= 0),
    CONSTRAINT product_wholesale_price CHECK (wholesale_price >= 0),
    CONSTRAINT product_minimum_stock CHECK (minimum_stock >= 0)
);
CREATE UNIQUE INDEX product_sku_taken ON product (sku, tenant_id) WHERE sku <> '' AND archived_at IS NULL;
CREATE UNIQUE INDEX product_barcode_taken ON product (barcode, tenant_id) WHERE barcode <> '' AND archived_at IS NULL;
CREATE INDEX product_by_change ON product (tenant_id, updated_at);
CREATE INDEX product_by_name ON product (folded_name, tenant_id) WHERE archived_at IS NULL;

-- The law by HSN prefix, from a day on, until the next row of the same prefix begins. Rows are added, never changed: what was taxed by one can
-- always be explained.
CREATE TABLE tax_rate (
    tenant_id text COLLATE "C" NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    hsn_prefix text COLLATE "C" NOT NULL,
    effective_from date NOT NULL,
    taxability text COLLATE "C" NOT NULL,
    -- Basis points: the whole of the tax, and the cess.
    rate integer NOT NULL,
    cess integer NOT NULL DEFAULT 0,
    -- The notification that set it.
    source text NOT NULL,
    set_by text COLLATE "C" NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT tax_rate_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT tax_rate_once UNIQUE (tenant_id, hsn_prefix, effective_from),
    CONSTRAINT tax_rate_hsn_prefix CHECK (hsn_prefix ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{8})$'),
    CONSTRAINT tax_rate_effective_from CHECK (effective_from BETWEEN '0001-01-01' AND '9999-12-31'),
    CONSTRAINT tax_rate_taxability CHECK (taxability IN ('taxable', 'nil_rated', 'exempt', 'non_gst')),
    CONSTRAINT tax_rate_rate CHECK (rate BETWEEN 0 AND 10000 AND (taxability = 'taxable' OR rate = 0)),
    CONSTRAINT tax_rate_cess CHECK (cess BETWEEN 0 AND 10000 AND (taxability = 'taxable' OR cess = 0)),
    CONSTRAINT tax_rate_source CHECK (char_length(source) BETWEEN 1 AND 255),
    CONSTRAINT tax_rate_set_by CHECK (set_by <> '')
);

-- Goods of one product that came together: what is left of them, and what that has cost.
CREATE TABLE stock_batch (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    -- The maker's name for it; empty where there is none.
    lot text NOT NULL DEFAULT '',
    received_on date NOT NULL,
    -- The last day on which it may be sold.
    expires_on date,
    -- In thousandths, with what of it is promised to documents that are not issued yet.
    on_hand bigint NOT NULL,
    -- In the product's currency: the sum of all batches is the stock account's balance.
    value bigint NOT NULL,
    CONSTRAINT stock_batch_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_batch_product FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
    CONSTRAINT stock_batch_lot CHECK (char_length(lot) <= 64),
    CONSTRAINT stock_batch_on_hand CHECK (on_hand >= 0),
    CONSTRAINT stock_batch_value CHECK (value >= 0 AND (on_hand > 0 OR value = 0))
);
CREATE INDEX stock_batch_by_product ON stock_batch (product_id, tenant_id);

-- Every change of a batch, in the transaction that makes it; never changed itself.
CREATE TABLE stock_movement (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    -- In thousandths: above zero what comes, below what goes; and what is there afterwards.
    quantity bigint NOT NULL,
    on_hand bigint NOT NULL,
    -- What that has cost, with the same sign.
    value bigint NOT NULL,
    -- What it was for, such as an invoice, and its journal where its value is not nothing.
    document_kind text COLLATE "C" NOT NULL,
    document_id uuid NOT NULL,
    journal_id uuid,
    reason text NOT NULL DEFAULT '',
    moved_by text COLLATE "C" NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT stock_movement_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_movement_product FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
    CONSTRAINT stock_movement_batch FOREIGN KEY (tenant_id, batch_id) REFERENCES stock_batch (tenant_id, id),
    CONSTRAINT stock_movement_journal FOREIGN KEY (tenant_id, journal_id) REFERENCES ledger_journal (tenant_id, id),
    CONSTRAINT stock_movement_kind CHECK (kind IN ('purchase', 'sale', 'return', 'adjustment', 'damage', 'expired')),
    CONSTRAINT stock_movement_quantity CHECK (quantity <> 0),
    CONSTRAINT stock_movement_on_hand CHECK (on_hand >= 0),
    CONSTRAINT stock_movement_value CHECK (sign(value) * sign(quantity) >= 0),
    CONSTRAINT stock_movement_document_kind CHECK (document_kind ~ '^[a-z_]{1,32}$'),
    CONSTRAINT stock_movement_reason CHECK (char_length(reason) <= 500),
    CONSTRAINT stock_movement_moved_by CHECK (moved_by <> '')
);
CREATE INDEX stock_movement_by_product ON stock_movement (product_id, tenant_id, id);
CREATE INDEX stock_movement_by_batch ON stock_movement (batch_id, tenant_id, id);
CREATE INDEX stock_movement_by_document ON stock_movement (document_id, tenant_id, id);
CREATE INDEX stock_movement_by_journal ON stock_movement (journal_id, tenant_id);

ALTER TABLE product ENABLE ROW LEVEL SECURITY;
ALTER TABLE product FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON product USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE tax_rate ENABLE ROW LEVEL SECURITY;
ALTER TABLE tax_rate FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tax_rate USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE stock_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock_batch FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stock_batch USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
ALTER TABLE stock_movement ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock_movement FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stock_movement USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE ON product TO switchboard_app;
-- Whose goods these are and how long they are good is said once.
GRANT SELECT, INSERT, UPDATE (on_hand, value) ON stock_batch TO switchboard_app;
GRANT SELECT, INSERT ON tax_rate, stock_movement TO switchboard_app;

CREATE FUNCTION billing_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END
$$;
CREATE TRIGGER tax_rate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tax_rate
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
    FOR EACH STATEMENT EXECUTE FUNCTION billing_is_append_only();
