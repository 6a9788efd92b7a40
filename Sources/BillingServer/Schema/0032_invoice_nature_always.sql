-- Of older invoices as well, without keeping anybody from writing meanwhile.
ALTER TABLE invoice VALIDATE CONSTRAINT invoice_nature;
