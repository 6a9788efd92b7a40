-- expands
-- job_in_state has taken its place.
DROP INDEX job_by_state;
