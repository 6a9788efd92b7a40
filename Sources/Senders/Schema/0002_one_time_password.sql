-- The one code that a subject can use for a purpose now; a new one takes its place. Neither the code nor who it is for can be read here: both
-- are hashed under a key that the database does not know.
CREATE TABLE one_time_password (
    tenant_id text COLLATE "C" NOT NULL,
    purpose text COLLATE "C" NOT NULL,
    subject_hash bytea NOT NULL,
    salt bytea NOT NULL,
    code_hash bytea NOT NULL,
    -- Guesses so far, right or wrong, in time or too late.
    tries integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    -- When it was used, or taken back.
    ended_at timestamptz,
    CONSTRAINT one_time_password_key PRIMARY KEY (tenant_id, purpose, subject_hash),
    CONSTRAINT one_time_password_tenant CHECK (tenant_id <> ''),
    CONSTRAINT one_time_password_purpose CHECK (purpose ~ '^[a-z0-9_.]{1,64}$'),
    CONSTRAINT one_time_password_sizes CHECK (octet_length(subject_hash) = 32 AND octet_length(salt) = 16 AND octet_length(code_hash) = 32)
);

ALTER TABLE one_time_password ENABLE ROW LEVEL SECURITY;
ALTER TABLE one_time_password FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON one_time_password USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON one_time_password TO switchboard_app;

-- When a subject last asked for codes, for whatever purpose.
CREATE TABLE one_time_password_request (
    tenant_id text COLLATE "C" NOT NULL,
    subject_hash bytea NOT NULL,
    requested_at timestamptz[] NOT NULL,
    CONSTRAINT one_time_password_request_key PRIMARY KEY (tenant_id, subject_hash),
    CONSTRAINT one_time_password_request_tenant CHECK (tenant_id <> ''),
    CONSTRAINT one_time_password_request_size CHECK (octet_length(subject_hash) = 32)
);

ALTER TABLE one_time_password_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE one_time_password_request FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON one_time_password_request USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON one_time_password_request TO switchboard_app;
