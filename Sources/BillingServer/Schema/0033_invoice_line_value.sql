-- What adds to the value alone has no quantity: a line of a debit note, as a line of a credit note that takes off the value alone.
ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_quantity;
ALTER TABLE invoice_line ADD CONSTRAINT invoice_line_quantity CHECK (quantity >= 0) NOT VALID;
