-- Probes have a quota of their own: who asks whether a server is there takes nothing from who asks it for something.
ALTER TABLE quota DROP CONSTRAINT quota_class;
ALTER TABLE quota ADD CONSTRAINT quota_class
    CHECK (class IN ('read', 'write', 'send', 'ai', 'admin', 'ingest', 'probe', 'spending')) NOT VALID;
