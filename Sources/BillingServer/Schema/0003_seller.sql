-- Who sells, as far as invoices and taxes are concerned: one row for a tenant, before which it bills nobody.
CREATE TABLE seller (
    tenant_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    legal_name text NOT NULL,
    -- Empty for who is not registered under GST.
    gstin text COLLATE "C" NOT NULL DEFAULT '',
    -- The two digits of GST, as a number.
    state_code smallint NOT NULL,
    address text NOT NULL DEFAULT '',
    -- Whose days and financial years documents have.
    time_zone text COLLATE "C" NOT NULL,
    is_composition boolean NOT NULL DEFAULT false,
    has_letter_of_undertaking boolean NOT NULL DEFAULT false,
    -- The payments that a buyer may make by UPI are addressed to it; empty where there is none.
    upi_address text COLLATE "C" NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    CONSTRAINT seller_key PRIMARY KEY (tenant_id),
    CONSTRAINT seller_version CHECK (version > 0),
    CONSTRAINT seller_legal_name CHECK (char_length(legal_name) BETWEEN 1 AND 255),
    CONSTRAINT seller_gstin CHECK (gstin = '' OR gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'),
    CONSTRAINT seller_gstin_state CHECK (gstin = '' OR substr(gstin, 1, 2) = lpad(state_code::text, 2, '0')),
    CONSTRAINT seller_state_code CHECK (state_code BETWEEN 1 AND 38 OR state_code IN (97, 99)),
    CONSTRAINT seller_address CHECK (char_length(address) <= 1000),
    CONSTRAINT seller_time_zone CHECK (octet_length(time_zone) BETWEEN 1 AND 64),
    CONSTRAINT seller_upi_address CHECK (upi_address = '' OR upi_address ~ '^[A-Za-z0-9._-]{2,64}@[A-Za-z]{2,64}$')
);

ALTER TABLE seller ENABLE ROW LEVEL SECURITY;
ALTER TABLE seller FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON seller USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON seller TO switchboard_app;
