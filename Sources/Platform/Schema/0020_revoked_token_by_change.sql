-- no-transaction
-- expands
-- What has changed is found by it. Tenants are few, and are looked through.
CREATE INDEX CONCURRENTLY IF NOT EXISTS revoked_token_by_change ON revoked_token (changed_in);
