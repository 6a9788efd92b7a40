-- no-transaction
-- expands
-- What has changed is found by it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS subject_epoch_by_change ON subject_epoch (changed_in);
