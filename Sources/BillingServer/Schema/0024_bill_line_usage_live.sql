-- no-transaction
-- expands
-- Each unit is on one bill that is not cancelled.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS bill_line_usage_live ON bill_line (tenant_id, subscription_id, meter, period_from, units_from)
    WHERE kind = 'usage' AND released_at IS NULL;
