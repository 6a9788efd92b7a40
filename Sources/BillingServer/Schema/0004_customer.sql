-- Who buys. What they owe is the ledger's; documents keep their customer for ever, so that a customer is never removed: what tells of the
-- person goes, when it must, and the rest stays.
CREATE TABLE customer (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    name text NOT NULL,
    -- The name as it is compared: in small letters, without titles and signs. So is the landmark.
    name_key text COLLATE "C" NOT NULL DEFAULT '',
    -- E.164, or empty.
    phone text COLLATE "C" NOT NULL DEFAULT '',
    -- What stays the same when the country code, or the first two digits, are written otherwise.
    phone_tail text COLLATE "C" GENERATED ALWAYS AS (right(phone, 8)) STORED,
    email text NOT NULL DEFAULT '',
    nicknames text[] NOT NULL DEFAULT '{}',
    landmark text NOT NULL DEFAULT '',
    landmark_key text COLLATE "C" NOT NULL DEFAULT '',
    -- Somebody else of this name lives by this landmark: both are kept.
    is_namesake boolean NOT NULL DEFAULT false,
    address text NOT NULL DEFAULT '',
    -- What it is to GST.
    kind text COLLATE "C" NOT NULL,
    gstin text COLLATE "C" NOT NULL DEFAULT '',
    pan text COLLATE "C" NOT NULL DEFAULT '',
    state_code smallint,
    -- What it may owe, in paise; without one there is no bound.
    credit_limit bigint,
    payment_days smallint NOT NULL DEFAULT 0,
    tags text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- It was the same as another one, which has its documents' debts since.
    merged_into uuid,
    -- What told of the person is gone.
    anonymised_at timestamptz,
    CONSTRAINT customer_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT customer_version CHECK (version > 0),
    CONSTRAINT customer_name CHECK (char_length(name) BETWEEN 1 AND 255),
    CONSTRAINT customer_name_key CHECK (char_length(name_key) <= 255),
    CONSTRAINT customer_phone CHECK (phone = '' OR phone ~ '^\+[1-9][0-9]{7,14}$'),
    CONSTRAINT customer_email CHECK (octet_length(email) <= 254),
    CONSTRAINT customer_nicknames CHECK (cardinality(nicknames) <= 10),
    CONSTRAINT customer_landmark CHECK (char_length(landmark) <= 255),
    CONSTRAINT customer_landmark_key CHECK (char_length(landmark_key) <= 255),
    CONSTRAINT customer_address CHECK (char_length(address) <= 1000),
    CONSTRAINT customer_kind CHECK (kind IN ('unregistered', 'registered', 'special_economic_zone', 'abroad')),
    CONSTRAINT customer_gstin CHECK (gstin = '' OR gstin ~ '^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]$'),
    CONSTRAINT customer_gstin_kind CHECK ((gstin <> '') = (kind IN ('registered', 'special_economic_zone'))),
    CONSTRAINT customer_pan CHECK (pan = '' OR pan ~ '^[A-Z]{5}[0-9]{4}[A-Z]$'),
    CONSTRAINT customer_state_code CHECK (state_code BETWEEN 1 AND 38 OR state_code IN (97, 99)),
    CONSTRAINT customer_credit_limit CHECK (credit_limit >= 0),
    CONSTRAINT customer_payment_days CHECK (payment_days BETWEEN 0 AND 365),
    CONSTRAINT customer_tags CHECK (cardinality(tags) <= 10),
    CONSTRAINT customer_merged_into FOREIGN KEY (tenant_id, merged_into) REFERENCES customer (tenant_id, id),
    CONSTRAINT customer_merged_into_another CHECK (merged_into <> id)
);
-- Two customers share no phone and no registration, and name and landmark only when somebody has said that they are two. Who was merged away,
-- or is nobody any more, does not count.
CREATE UNIQUE INDEX customer_phone_taken ON customer (phone, tenant_id) WHERE phone <> '' AND merged_into IS NULL AND anonymised_at IS NULL;
CREATE UNIQUE INDEX customer_gstin_taken ON customer (gstin, tenant_id) WHERE gstin <> '' AND merged_into IS NULL AND anonymised_at IS NULL;
CREATE UNIQUE INDEX customer_name_taken ON customer (name_key, landmark_key, tenant_id)
    WHERE name_key <> '' AND landmark_key <> '' AND NOT is_namesake AND merged_into IS NULL AND anonymised_at IS NULL;
-- Lists by the beginning of a name, and who may be the same as somebody.
CREATE INDEX customer_by_name ON customer (name_key, tenant_id);
CREATE INDEX customer_by_phone ON customer (phone, tenant_id) WHERE phone <> '';
CREATE INDEX customer_by_pan ON customer (pan, tenant_id) WHERE pan <> '';
CREATE INDEX customer_by_phone_tail ON customer (phone_tail, tenant_id) WHERE phone_tail <> '';
CREATE INDEX customer_by_merger ON customer (merged_into, tenant_id);

ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON customer USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON customer TO switchboard_app;
