-- When it was paid in advance, where it was: one of the three days that decide on the rates when these change (CGST Act, section 14).
ALTER TABLE invoice ADD COLUMN paid_on date;
