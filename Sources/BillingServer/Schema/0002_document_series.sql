-- How far each series of document numbers is, for a tenant and a financial year. A number is drawn by the transaction that writes its
-- document: it holds the row, and when it is rolled back the number was never drawn, so that none is missing.
CREATE TABLE document_series (
    tenant_id text COLLATE "C" NOT NULL,
    prefix text COLLATE "C" NOT NULL,
    -- The calendar year in which the financial year begins.
    start_year smallint NOT NULL,
    last_sequence bigint NOT NULL,
    CONSTRAINT document_series_key PRIMARY KEY (tenant_id, prefix, start_year),
    CONSTRAINT document_series_prefix CHECK (prefix ~ '^[0-9A-Z]{1,4}$'),
    CONSTRAINT document_series_start_year CHECK (start_year BETWEEN 0 AND 9999),
    CONSTRAINT document_series_last_sequence CHECK (last_sequence > 0)
);

ALTER TABLE document_series ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_series FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON document_series USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE ON document_series TO switchboard_app;

-- The first number is 1, and each is the one after the last: none is skipped or drawn twice, whoever writes.
CREATE FUNCTION document_series_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.last_sequence = 1 THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' AND NEW.last_sequence = OLD.last_sequence + 1
        AND (NEW.prefix, NEW.start_year) = (OLD.prefix, OLD.start_year) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a series of document numbers goes on by one, from one on'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'document_series_step', TABLE = 'document_series', COLUMN = 'last_sequence';
END
$$;
CREATE TRIGGER document_series_step BEFORE INSERT OR UPDATE OF prefix, start_year, last_sequence ON document_series
    FOR EACH ROW EXECUTE FUNCTION document_series_step();
