-- Who is let in: the tenants, the keys that tokens are signed with, and what was revoked before its time. Every process holds what is in
-- here in memory, and hears of a change when it is committed.

CREATE TABLE tenant (
    tenant_id text COLLATE "C" NOT NULL,
    display_name text NOT NULL DEFAULT '',
    -- A suspended tenant keeps its rows, and nobody is let in to them.
    state text COLLATE "C" NOT NULL DEFAULT 'active',
    -- Why it was suspended.
    reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_key PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_name CHECK (tenant_id ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT tenant_display_name CHECK (char_length(display_name) <= 200),
    CONSTRAINT tenant_state CHECK (state IN ('active', 'suspended')),
    CONSTRAINT tenant_reason CHECK (char_length(reason) <= 500)
);

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY reader ON tenant FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE ON tenant TO switchboard_app;

-- Tokens that are refused though they have not ended. An issuer that is not ours may name its tokens as another one does: a name is the
-- tenant's.
CREATE TABLE revoked_token (
    tenant_id text COLLATE "C" NOT NULL,
    -- Its jti.
    token_id text COLLATE "C" NOT NULL,
    -- The token's end, from which on nobody needs this row.
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT now(),
    revoked_by text COLLATE "C" NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    CONSTRAINT revoked_token_key PRIMARY KEY (tenant_id, token_id),
    CONSTRAINT revoked_token_id CHECK (octet_length(token_id) BETWEEN 1 AND 128),
    CONSTRAINT revoked_token_reason CHECK (char_length(reason) <= 500)
);
CREATE INDEX revoked_token_by_end ON revoked_token (expires_at);

ALTER TABLE revoked_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE revoked_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON revoked_token USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY reader ON revoked_token FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY purger ON revoked_token FOR DELETE TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE ON revoked_token TO switchboard_app;

-- All tokens of a subject that were issued before a moment are refused: logged out everywhere. The row stays, since what a subject has
-- granted may outlive its tokens.
CREATE TABLE subject_epoch (
    tenant_id text COLLATE "C" NOT NULL,
    -- Its sub.
    subject text COLLATE "C" NOT NULL,
    not_before timestamptz NOT NULL,
    revoked_by text COLLATE "C" NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    CONSTRAINT subject_epoch_key PRIMARY KEY (tenant_id, subject),
    CONSTRAINT subject_epoch_subject CHECK (octet_length(subject) BETWEEN 1 AND 128),
    CONSTRAINT subject_epoch_reason CHECK (char_length(reason) <= 500)
);
CREATE INDEX subject_epoch_by_time ON subject_epoch (not_before);

ALTER TABLE subject_epoch ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject_epoch FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON subject_epoch USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY reader ON subject_epoch FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE ON subject_epoch TO switchboard_app;

-- The keys that tokens are signed with, several at once while one replaces another. Of an issuer's active keys the one signs whose
-- signs_from has passed last: a new one is known to every process before the first token carries its name. All but the retired ones verify;
-- a retired one is refused even where a file still names it.
CREATE TABLE signing_key (
    issuer text COLLATE "C" NOT NULL,
    kid text COLLATE "C" NOT NULL,
    -- EdDSA or ES256 (RFC 7518, 8037).
    algorithm text COLLATE "C" NOT NULL,
    -- SubjectPublicKeyInfo in PEM.
    public_key text COLLATE "C" NOT NULL,
    -- The private key under the platform's key ring, its kid authenticated with it; gone when the key signs no more.
    sealed_private_key bytea,
    state text COLLATE "C" NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL DEFAULT now(),
    signs_from timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CONSTRAINT signing_key_key PRIMARY KEY (issuer, kid),
    CONSTRAINT signing_key_issuer CHECK (octet_length(issuer) BETWEEN 1 AND 256),
    CONSTRAINT signing_key_kid CHECK (octet_length(kid) BETWEEN 1 AND 64),
    CONSTRAINT signing_key_algorithm CHECK (algorithm IN ('EdDSA', 'ES256')),
    CONSTRAINT signing_key_public_key CHECK (octet_length(public_key) <= 4096),
    CONSTRAINT signing_key_sealed_private_key CHECK (octet_length(sealed_private_key) <= 4096),
    CONSTRAINT signing_key_state CHECK (state IN ('active', 'verifying', 'retired')),
    CONSTRAINT signing_key_private_key CHECK ((state <> 'active' OR sealed_private_key IS NOT NULL) AND (state <> 'retired' OR sealed_private_key IS NULL)),
    CONSTRAINT signing_key_retired CHECK ((state = 'retired') = (retired_at IS NOT NULL))
);
GRANT SELECT, INSERT ON signing_key TO switchboard_app;
GRANT UPDATE (sealed_private_key, state, signs_from, retired_at) ON signing_key TO switchboard_app;

CREATE FUNCTION identity_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
    BEGIN
        PERFORM pg_notify('switchboard_identity', '');
        RETURN NULL;
    END
    $$;
CREATE TRIGGER tenant_changed AFTER INSERT OR UPDATE ON tenant FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER revoked_token_changed AFTER INSERT OR UPDATE ON revoked_token FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER subject_epoch_changed AFTER INSERT OR UPDATE ON subject_epoch FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();
CREATE TRIGGER signing_key_changed AFTER INSERT OR UPDATE ON signing_key FOR EACH STATEMENT EXECUTE FUNCTION identity_changed();

-- Everything that refuses a token which is good in itself, of all tenants: suspended ones; tokens that have not ended; subjects whose
-- epoch is within the longest life of a token.
CREATE FUNCTION identity_refusals(longest_life_seconds bigint) RETURNS TABLE (kind text, tenant_id text, name text, moment timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT 'tenant', t.tenant_id, '', t.changed_at FROM public.tenant AS t WHERE t.state = 'suspended'
        UNION ALL
        SELECT 'token', r.tenant_id, r.token_id, r.expires_at FROM public.revoked_token AS r WHERE r.expires_at > now()
        UNION ALL
        SELECT 'subject', e.tenant_id, e.subject, e.not_before FROM public.subject_epoch AS e
        WHERE e.not_before > now() - longest_life_seconds * interval '1 second'
    $$;

-- Removes rows of tokens that have ended, of all tenants, the oldest first.
CREATE FUNCTION revoked_token_purge(most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        WITH old AS (
            SELECT r.tenant_id, r.token_id FROM public.revoked_token AS r
            WHERE r.expires_at < now() - interval '1 hour' ORDER BY r.expires_at LIMIT most
        ), gone AS (
            DELETE FROM public.revoked_token AS kept USING old
            WHERE (kept.tenant_id, kept.token_id) = (old.tenant_id, old.token_id) RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;

REVOKE EXECUTE ON FUNCTION identity_changed, identity_refusals, revoked_token_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_refusals, revoked_token_purge TO switchboard_app;
