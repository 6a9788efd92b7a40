-- no-transaction
-- expands
-- What of a subscription is to be billed again.
CREATE INDEX CONCURRENTLY IF NOT EXISTS bill_line_owed ON bill_line (tenant_id, subscription_id) WHERE is_owed;
