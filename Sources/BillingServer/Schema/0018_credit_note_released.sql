-- A note takes all of its total off what is owed for the invoice (to_receivable); as much of what was paid is released of the payments, and is
-- their customers' advance. The journals of older notes posted to the advances themselves (to_advance), with no payment behind it.
ALTER TABLE credit_note ADD COLUMN released bigint NOT NULL DEFAULT 0;
ALTER TABLE credit_note ADD CONSTRAINT credit_note_released CHECK (released >= 0 AND released <= to_receivable) NOT VALID;
