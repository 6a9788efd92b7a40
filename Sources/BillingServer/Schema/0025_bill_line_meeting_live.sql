-- no-transaction
-- expands
-- Each meeting is on one bill that is not cancelled.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS bill_line_meeting_live ON bill_line (tenant_id, meeting_id)
    WHERE kind = 'meeting' AND released_at IS NULL;
