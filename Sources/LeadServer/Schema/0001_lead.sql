-- The leads of all tenants. The server writes a row as a whole and has checked it before; the constraints here hold for
-- everybody else, and for the server's own mistakes.
CREATE TABLE lead (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    first_name text NOT NULL,
    last_name text NOT NULL,
    -- As its owner writes it, in ASCII.
    email text COLLATE "C" NOT NULL,
    -- What makes two addresses one. A deleted lead has none, so that its address is free.
    email_normalised text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN deleted_at IS NULL THEN lower(email) END) STORED,
    phone text COLLATE "C" NOT NULL DEFAULT '',
    company text NOT NULL DEFAULT '',
    job_title text NOT NULL DEFAULT '',
    linkedin_url text NOT NULL DEFAULT '',
    status text COLLATE "C" NOT NULL DEFAULT 'new',
    score smallint NOT NULL DEFAULT 0,
    source text COLLATE "C" NOT NULL DEFAULT 'manual',
    notes text NOT NULL DEFAULT '',
    tags text[] COLLATE "C" NOT NULL DEFAULT '{}',
    custom_fields jsonb NOT NULL DEFAULT '{}',
    consent_email boolean NOT NULL DEFAULT false,
    consent_sms boolean NOT NULL DEFAULT false,
    consent_phone boolean NOT NULL DEFAULT false,
    consent_given_at timestamptz,
    consent_source text NOT NULL DEFAULT '',
    consent_ip_address text NOT NULL DEFAULT '',
    lawful_basis text COLLATE "C" NOT NULL DEFAULT '',
    timezone text COLLATE "C" NOT NULL DEFAULT '',
    country text COLLATE "C" NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT lead_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_version CHECK (version > 0),
    CONSTRAINT lead_first_name CHECK (char_length(first_name) BETWEEN 1 AND 100),
    CONSTRAINT lead_last_name CHECK (char_length(last_name) BETWEEN 1 AND 100),
    CONSTRAINT lead_email CHECK (octet_length(email) <= 254 AND email ~ '^[!-?A-~]{1,64}@[-.0-9A-Za-z]+$'),
    CONSTRAINT lead_phone CHECK (phone = '' OR phone ~ '^[+][1-9][0-9]{9,14}$'),
    CONSTRAINT lead_company CHECK (char_length(company) <= 200),
    CONSTRAINT lead_job_title CHECK (char_length(job_title) <= 200),
    CONSTRAINT lead_linkedin_url CHECK (linkedin_url = '' OR (linkedin_url ~* '^https://' AND octet_length(linkedin_url) <= 500)),
    CONSTRAINT lead_status CHECK (
        status IN ('new', 'contacted', 'engaged', 'qualified', 'meeting_booked', 'converted', 'unresponsive', 'opted_out')
    ),
    CONSTRAINT lead_score CHECK (score BETWEEN 0 AND 100),
    CONSTRAINT lead_source CHECK (char_length(source) BETWEEN 1 AND 100),
    CONSTRAINT lead_notes CHECK (char_length(notes) <= 5000),
    CONSTRAINT lead_tags CHECK (cardinality(tags) <= 50),
    -- Twice the bytes that the service allows and more: the database writes JSON with spaces, escapes and long numbers.
    CONSTRAINT lead_custom_fields CHECK (jsonb_typeof(custom_fields) = 'object' AND octet_length(custom_fields::text) <= 65536),
    CONSTRAINT lead_consent CHECK (
        NOT (consent_email OR consent_sms OR consent_phone) OR (consent_given_at IS NOT NULL AND consent_source <> '')
    ),
    CONSTRAINT lead_lawful_basis CHECK (
        lawful_basis IN ('', 'consent', 'legitimate_interest', 'contract', 'legal_obligation')
    ),
    CONSTRAINT lead_country CHECK (country = '' OR country ~ '^[A-Z]{2}$')
);

-- The service tells a caller that an address is taken by the name of this index.
--
-- Here and below the tenant comes second where it can, and no index has a WHERE: without statistics, as after a first
-- import, PostgreSQL would hold such an index for as good as the key, and read all leads of a tenant to find one by its id.
CREATE UNIQUE INDEX lead_email_taken ON lead (email_normalised, tenant_id);

-- One index for each way to page through leads. Times need none: an id begins with its lead's time of creation.
CREATE INDEX lead_by_score ON lead (tenant_id, score, id);
CREATE INDEX lead_by_status ON lead (status, tenant_id, id);
CREATE INDEX lead_by_source ON lead (source, tenant_id, id);

ALTER TABLE lead ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lead USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

-- Nobody may delete a lead's row: a deletion is a time in deleted_at.
GRANT SELECT, INSERT, UPDATE ON lead TO switchboard_app;

-- A lead moves between statuses as the sales process allows, whoever moves it.
CREATE FUNCTION lead_status_follows(old_status text, new_status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT new_status = ANY (CASE old_status
        WHEN 'new' THEN '{contacted,unresponsive,opted_out}'
        WHEN 'contacted' THEN '{engaged,qualified,meeting_booked,unresponsive,opted_out}'
        WHEN 'engaged' THEN '{qualified,meeting_booked,unresponsive,opted_out}'
        WHEN 'qualified' THEN '{meeting_booked,converted,unresponsive,opted_out}'
        WHEN 'meeting_booked' THEN '{qualified,converted,unresponsive,opted_out}'
        WHEN 'converted' THEN '{engaged,opted_out}'
        WHEN 'unresponsive' THEN '{contacted,engaged,opted_out}'
        ELSE '{}'
    END::text[])
$$;

CREATE FUNCTION lead_check_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT lead_status_follows(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'a lead cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_status_follows', TABLE = 'lead', COLUMN = 'status';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER lead_status_follows BEFORE UPDATE OF status ON lead
    FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION lead_check_status();
