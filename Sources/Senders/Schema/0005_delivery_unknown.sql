-- expands
-- delivery_by_state has those, too.
DROP INDEX delivery_unknown;
