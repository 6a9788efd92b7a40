-- no-transaction
-- expands
-- Journals in the order in which they are sealed.
CREATE INDEX CONCURRENTLY IF NOT EXISTS ledger_journal_by_posting ON ledger_journal (tenant_id, posted_in, id);
