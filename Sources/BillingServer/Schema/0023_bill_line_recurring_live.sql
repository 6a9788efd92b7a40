-- no-transaction
-- expands
-- Each period of a plan is on one bill that is not cancelled.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS bill_line_recurring_live ON bill_line (tenant_id, subscription_id, plan_id, period_from)
    WHERE kind = 'recurring' AND released_at IS NULL;
