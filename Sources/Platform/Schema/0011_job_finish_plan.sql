-- Planned for each call: a plan that was made while the table was empty holds the index of states for as good as the key, and reads all of a
-- tenant's jobs for each that it ends.
ALTER FUNCTION job_finish(uuid, text[], uuid[], bigint[], bigint) SET plan_cache_mode = force_custom_plan;
