-- Of older notes as well, without keeping anybody from writing meanwhile.
ALTER TABLE credit_note VALIDATE CONSTRAINT credit_note_released;
