-- Of older documents as well, without keeping anybody from writing meanwhile.
ALTER TABLE invoice VALIDATE CONSTRAINT invoice_parties;
ALTER TABLE credit_note VALIDATE CONSTRAINT credit_note_parties;
