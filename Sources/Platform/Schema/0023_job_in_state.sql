-- no-transaction
-- expands
-- In the place of job_by_state. It has all rows, and its condition says so: it serves those who ask for a state, and is none for those who ask
-- for a key, whose plan it could spoil.
CREATE INDEX CONCURRENTLY IF NOT EXISTS job_in_state ON job (tenant_id, state, id)
    WHERE state IN ('scheduled', 'ready', 'running', 'done', 'dead', 'cancelled');
