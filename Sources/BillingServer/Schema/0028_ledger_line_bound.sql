-- One line may not use up what its account's sums hold: they are added up for ever, in 64 bits for each side. Lines from before this stay as they
-- are, as all of the ledger does, so that the constraint is never validated; what takes one back has to be posted in parts, by hand.
ALTER TABLE ledger_line ADD CONSTRAINT ledger_line_bound CHECK (debit <= 1000000000000000 AND credit <= 1000000000000000) NOT VALID;
