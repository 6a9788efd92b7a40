-- no-transaction
-- expands
-- And by recipient, in the same way.
CREATE INDEX CONCURRENTLY IF NOT EXISTS delivery_by_recipient ON delivery (tenant_id, recipient, id) WHERE recipient <> '';
