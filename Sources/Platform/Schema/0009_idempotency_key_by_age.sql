-- no-transaction
-- expands
-- The purge finds the oldest keys by it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idempotency_key_by_age ON idempotency_key (created_at);
