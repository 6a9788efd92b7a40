-- no-transaction
-- expands
-- Those who look after messages ask for them by state, the newest first. The condition holds for all rows, and keeps the index from being taken
-- for one by which a single message is found, while the table is small and all indexes look alike.
CREATE INDEX CONCURRENTLY IF NOT EXISTS delivery_by_state ON delivery (tenant_id, state, id)
    WHERE state IN ('queued', 'sending', 'accepted', 'refused', 'unknown');
