-- Of older lines as well, without keeping anybody from writing meanwhile.
ALTER TABLE invoice_line VALIDATE CONSTRAINT invoice_line_quantity;
