-- What calls with an idempotency-key were answered, so that a repetition gets the same answer. Keys of two callers have
-- nothing to do with each other: nobody can ask for the answer that somebody else got.
CREATE TABLE idempotency_key (
    tenant_id text COLLATE "C" NOT NULL,
    -- The service and the subject, as app.caller has them.
    caller text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    -- SHA-256 of the method and the request: the same key must bring the same request again.
    fingerprint bytea NOT NULL,
    reply bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The server knows a repetition by this name.
    CONSTRAINT idempotency_key_taken PRIMARY KEY (tenant_id, caller, key),
    CONSTRAINT idempotency_key_caller CHECK (caller <> ''),
    CONSTRAINT idempotency_key_form CHECK (key ~ '^[A-Za-z0-9_-]{8,64}$'),
    CONSTRAINT idempotency_key_fingerprint CHECK (octet_length(fingerprint) = 32)
);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_key USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON idempotency_key TO switchboard_app;
