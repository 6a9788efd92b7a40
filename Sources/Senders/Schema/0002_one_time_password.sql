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

-- The purge finds the oldest by them: codes by when they ended, subjects by when they last asked.
CREATE INDEX one_time_password_by_end ON one_time_password (expires_at);
CREATE INDEX one_time_password_request_by_age ON one_time_password_request ((requested_at[cardinality(requested_at)]));

-- The function below is the only way past the tenants, and runs as the owner.
CREATE POLICY keeper ON one_time_password FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON one_time_password FOR DELETE TO CURRENT_USER USING (true);
CREATE POLICY keeper ON one_time_password_request FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON one_time_password_request FOR DELETE TO CURRENT_USER USING (true);

-- Removes codes of all tenants that have been over for a day, and requests that were made that long ago: neither counts for anything after
-- some minutes. Gives how many of both; of each it removes no more than it is told.
CREATE FUNCTION one_time_password_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT tenant_id, purpose, subject_hash FROM public.one_time_password
            WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.one_time_password AS kept USING old
            WHERE (kept.tenant_id, kept.purpose, kept.subject_hash) = (old.tenant_id, old.purpose, old.subject_hash)
                AND kept.expires_at < now() - interval '1 day' RETURNING 1
        ), old_request AS (
            SELECT tenant_id, subject_hash FROM public.one_time_password_request
            WHERE requested_at[cardinality(requested_at)] < now() - interval '1 day'
            ORDER BY requested_at[cardinality(requested_at)] LIMIT most
        ), forgotten AS (
            DELETE FROM public.one_time_password_request AS kept USING old_request AS old
            WHERE (kept.tenant_id, kept.subject_hash) = (old.tenant_id, old.subject_hash)
                AND kept.requested_at[cardinality(kept.requested_at)] < now() - interval '1 day' RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM forgotten)
    $$;

REVOKE EXECUTE ON FUNCTION one_time_password_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION one_time_password_purge TO switchboard_app;
