-- Why somebody put an end to a job: what those who ask later are told.
ALTER TABLE job ADD COLUMN end_reason text;
ALTER TABLE job ADD CONSTRAINT job_end_reason_size CHECK (char_length(end_reason) <= 500) NOT VALID;
ALTER TABLE job VALIDATE CONSTRAINT job_end_reason_size;
