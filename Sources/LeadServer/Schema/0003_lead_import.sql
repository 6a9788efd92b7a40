-- How far an import has come. Its row is locked while a chunk of it is committed, and tells a broken stream where to go on.
CREATE TABLE lead_import (
    tenant_id text COLLATE "C" NOT NULL,
    import_id text COLLATE "C" NOT NULL,
    -- SHA-256 over the header and all rows that are committed: a stream that goes on must bring the same ones again.
    digest bytea NOT NULL,
    row_count bigint NOT NULL DEFAULT 0,
    created_count bigint NOT NULL DEFAULT 0,
    updated_count bigint NOT NULL DEFAULT 0,
    skipped_count bigint NOT NULL DEFAULT 0,
    refused_count bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT lead_import_key PRIMARY KEY (tenant_id, import_id),
    CONSTRAINT lead_import_digest CHECK (octet_length(digest) = 32),
    CONSTRAINT lead_import_sum CHECK (
        row_count = created_count + updated_count + skipped_count + refused_count
        AND created_count >= 0 AND updated_count >= 0 AND skipped_count >= 0 AND refused_count >= 0
    )
);

ALTER TABLE lead_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_import FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lead_import USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON lead_import TO switchboard_app;

-- The refused rows of an import, the first thousand of them.
CREATE TABLE lead_import_refusal (
    tenant_id text COLLATE "C" NOT NULL,
    import_id text COLLATE "C" NOT NULL,
    row_number bigint NOT NULL,
    -- A switchboard.lead.v1.RowError, encoded.
    error bytea NOT NULL,
    CONSTRAINT lead_import_refusal_key PRIMARY KEY (tenant_id, import_id, row_number),
    CONSTRAINT lead_import_refusal_import FOREIGN KEY (tenant_id, import_id) REFERENCES lead_import ON DELETE CASCADE
);

ALTER TABLE lead_import_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_import_refusal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lead_import_refusal USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT ON lead_import_refusal TO switchboard_app;
