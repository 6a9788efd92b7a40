-- The times of schedules that have taken place: whoever writes the row enqueues the job, in the same transaction.
CREATE TABLE job_slot (
    tenant_id text COLLATE "C" NOT NULL,
    schedule text COLLATE "C" NOT NULL,
    slot timestamptz NOT NULL,
    CONSTRAINT job_slot_key PRIMARY KEY (tenant_id, schedule, slot),
    CONSTRAINT job_slot_schedule CHECK (schedule ~ '^[a-z0-9_.-]{1,64}$')
);

ALTER TABLE job_slot ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_slot FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job_slot USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, DELETE ON job_slot TO switchboard_app;
