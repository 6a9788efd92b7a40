-- Who had tokens of this platform: a row for each subject and service that acts in its name, kept up to date when a token is issued.
CREATE TABLE principal (
    tenant_id text COLLATE "C" NOT NULL,
    -- The token's sub.
    subject text COLLATE "C" NOT NULL,
    -- Who acts (the token's act); empty when the subject does itself.
    service text COLLATE "C" NOT NULL,
    first_issued_at timestamptz NOT NULL DEFAULT now(),
    last_issued_at timestamptz NOT NULL DEFAULT now(),
    -- When the last of the tokens ends.
    expires_at timestamptz NOT NULL,
    tokens_issued bigint NOT NULL DEFAULT 1,
    CONSTRAINT principal_key PRIMARY KEY (tenant_id, subject, service),
    CONSTRAINT principal_names CHECK (octet_length(subject) BETWEEN 1 AND 128 AND octet_length(service) <= 128),
    CONSTRAINT principal_count CHECK (tokens_issued > 0)
) WITH (fillfactor = 80);

ALTER TABLE principal ENABLE ROW LEVEL SECURITY;
ALTER TABLE principal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON principal USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON principal TO switchboard_app;

-- Leave of a service to act for a subject, which outlives the token that it came of.
CREATE TABLE token_grant (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    subject text COLLATE "C" NOT NULL,
    -- The service that holds it, then those it acts for; none when the subject is the service.
    actors text[] COLLATE "C" NOT NULL,
    scopes text[] COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    -- The jti of the token that it came of, and when that was issued: what ends the token ends the grant.
    source_token_id text COLLATE "C" NOT NULL DEFAULT '',
    source_issued_at timestamptz NOT NULL DEFAULT now(),
    -- Who handed that token out; null when nobody did.
    issued_by_tenant text COLLATE "C",
    issued_by text COLLATE "C",
    CONSTRAINT token_grant_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT token_grant_subject CHECK (octet_length(subject) BETWEEN 1 AND 128),
    CONSTRAINT token_grant_lists CHECK (cardinality(actors) <= 8 AND cardinality(scopes) BETWEEN 1 AND 256),
    CONSTRAINT token_grant_life CHECK (expires_at > created_at),
    CONSTRAINT token_grant_source CHECK (octet_length(source_token_id) <= 128),
    CONSTRAINT token_grant_issued_by CHECK (
        (issued_by IS NULL) = (issued_by_tenant IS NULL) AND octet_length(issued_by) <= 128 AND octet_length(issued_by_tenant) <= 63)
);
CREATE INDEX token_grant_by_end ON token_grant (expires_at);
CREATE INDEX token_grant_by_source ON token_grant (tenant_id, source_token_id);

ALTER TABLE token_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON token_grant USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY purger_reads ON token_grant FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON token_grant FOR DELETE TO CURRENT_USER USING (true);
GRANT SELECT, INSERT ON token_grant TO switchboard_app;
GRANT UPDATE (revoked_at) ON token_grant TO switchboard_app;

-- What runs under a grant hears of its end.
CREATE TRIGGER token_grant_changed AFTER UPDATE ON token_grant FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- Removes grants of all tenants that ended a month ago, the oldest first.
CREATE FUNCTION token_grant_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT g.tenant_id, g.id FROM public.token_grant AS g
            WHERE g.expires_at < now() - interval '30 days' ORDER BY g.expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.token_grant AS kept USING old WHERE (kept.tenant_id, kept.id) = (old.tenant_id, old.id) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;

-- Whether a token was revoked, or one of those whom it names was logged out since it was issued. Of any tenant: who hands a token out may be
-- of another one than the token.
CREATE FUNCTION token_is_revoked(tenant text, token text, names text[], issued timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT EXISTS (SELECT FROM public.revoked_token AS r WHERE r.tenant_id = tenant AND r.token_id = token)
            OR EXISTS (SELECT FROM public.subject_epoch AS e WHERE e.tenant_id = tenant AND e.subject = ANY (names) AND e.not_before > issued)
    $$;

-- As before, but a token's row stays as long as a grant that came of the token does.
CREATE OR REPLACE FUNCTION revoked_token_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT r.tenant_id, r.token_id FROM public.revoked_token AS r
            WHERE r.expires_at < now() - interval '1 hour' AND NOT EXISTS (
                SELECT FROM public.token_grant AS g WHERE g.tenant_id = r.tenant_id AND g.source_token_id = r.token_id
            )
            ORDER BY r.expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.revoked_token AS kept USING old
            WHERE (kept.tenant_id, kept.token_id) = (old.tenant_id, old.token_id) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;

REVOKE EXECUTE ON FUNCTION token_grant_purge, token_is_revoked FROM PUBLIC;
GRANT EXECUTE ON FUNCTION token_grant_purge, token_is_revoked TO switchboard_app;
