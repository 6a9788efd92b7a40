-- Work that is to be done once its transaction is committed. A row is removed when its job has succeeded, unless its result is
-- to be kept.
CREATE TABLE job (
    -- Jobs of the platform itself are those of the tenant '_platform', which no token can name.
    tenant_id text COLLATE "C" NOT NULL,
    -- UUIDv7, made by whoever enqueues.
    id uuid NOT NULL,
    queue text COLLATE "C" NOT NULL,
    -- Names the handler and the message that `payload` holds.
    kind text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    -- scheduled: not before run_at; ready; running: held by worker_id; the others are ends.
    state text COLLATE "C" NOT NULL,
    -- 0 is the most urgent.
    priority smallint NOT NULL,
    run_at timestamptz NOT NULL,
    -- The place among a tenant's jobs: run_at and some time more for each step of priority, so that whatever waits long enough
    -- comes before what is more urgent but newer.
    rank timestamptz NOT NULL,
    -- Times it was begun, without those that count for nothing.
    attempt integer NOT NULL DEFAULT 0,
    attempts_allowed integer NOT NULL,
    -- Goes up with every claim and never down: who ends a job shows the number he claimed it with.
    fence bigint NOT NULL DEFAULT 0,
    worker_id uuid,
    -- A running job is to be cancelled.
    is_cancelling boolean NOT NULL DEFAULT false,
    -- A newer job of its unique key has taken its place while it ran: it gets no other attempt, which would do older work after newer.
    is_superseded boolean NOT NULL DEFAULT false,
    -- Of the jobs of a kind with the same key, one is not at its end.
    unique_key text COLLATE "C",
    -- Jobs of a queue with the same key run one after the other, in the order of their ids.
    sequence_key text COLLATE "C",
    -- How long the row stays after a good end; NULL: not at all.
    kept_seconds bigint,
    -- Messages, each with its full name: how far the job is, and what came of it.
    progress_type text COLLATE "C",
    progress bytea,
    result_type text COLLATE "C",
    result bytea,
    -- Who enqueued it, in which call.
    caller text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    -- When the row may be removed.
    expires_at timestamptz,
    CONSTRAINT job_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT job_tenant CHECK (tenant_id <> ''),
    CONSTRAINT job_queue CHECK (queue ~ '^[a-z0-9_.-]{1,64}$'),
    CONSTRAINT job_kind CHECK (kind ~ '^[a-z0-9_.-]{1,64}$'),
    CONSTRAINT job_state CHECK (state IN ('scheduled', 'ready', 'running', 'done', 'dead', 'cancelled')),
    CONSTRAINT job_priority CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT job_attempts CHECK (attempt >= 0 AND attempts_allowed BETWEEN 1 AND 100),
    CONSTRAINT job_payload_size CHECK (octet_length(payload) <= 1048576),
    CONSTRAINT job_key_sizes CHECK (char_length(unique_key) <= 255 AND char_length(sequence_key) <= 255),
    CONSTRAINT job_worker_runs CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CONSTRAINT job_end CHECK ((state IN ('done', 'dead', 'cancelled')) = (finished_at IS NOT NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);

-- What can be claimed, tenant by tenant.
CREATE INDEX job_ready ON job (queue, tenant_id, rank, id) WHERE state = 'ready';
CREATE INDEX job_scheduled ON job (queue, run_at) WHERE state = 'scheduled';
CREATE INDEX job_running ON job (queue, tenant_id) WHERE state = 'running';
CREATE UNIQUE INDEX job_unique ON job (tenant_id, kind, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'ready', 'running');
CREATE INDEX job_sequence ON job (tenant_id, queue, sequence_key, id)
    WHERE sequence_key IS NOT NULL AND state IN ('scheduled', 'ready', 'running');
-- Of two claims at once that see another job of a sequence each, one fails.
CREATE UNIQUE INDEX job_sequence_running ON job (tenant_id, queue, sequence_key) WHERE sequence_key IS NOT NULL AND state = 'running';
CREATE INDEX job_by_state ON job (tenant_id, state, id);
CREATE INDEX job_expiry ON job (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
-- The owner of the functions by which workers claim and give back. Nobody serves as this role.
CREATE POLICY workers ON job TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO switchboard_app;

-- Why attempts failed.
CREATE TABLE job_error (
    tenant_id text COLLATE "C" NOT NULL,
    job_id uuid NOT NULL,
    -- The job's, when it failed.
    fence bigint NOT NULL,
    attempt integer NOT NULL,
    -- transient, permanent, timeout, or lost: with its worker.
    class text COLLATE "C" NOT NULL,
    message text NOT NULL,
    occurred_at timestamptz NOT NULL,
    CONSTRAINT job_error_key PRIMARY KEY (tenant_id, job_id, fence),
    CONSTRAINT job_error_job FOREIGN KEY (tenant_id, job_id) REFERENCES job ON DELETE CASCADE,
    CONSTRAINT job_error_class CHECK (class IN ('transient', 'permanent', 'timeout', 'lost')),
    CONSTRAINT job_error_size CHECK (char_length(message) <= 2000)
);

ALTER TABLE job_error ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_error FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON job_error USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
CREATE POLICY workers ON job_error TO CURRENT_USER USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON job_error TO switchboard_app;

-- Processes that run jobs. One that has not been heard of until expires_at counts as gone, and its jobs go to others: one row
-- to renew for a process, however many jobs it runs. Reached by functions only.
CREATE TABLE job_worker (
    id uuid NOT NULL,
    name text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT job_worker_key PRIMARY KEY (id)
);
