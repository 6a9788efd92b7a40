-- The tags of the leads that are not deleted, once more, so that leads are found by a tag through an index: under row-level
-- security PostgreSQL does not use one on an array. Triggers keep it; a lead without tags costs nothing.
CREATE TABLE lead_tag (
    tenant_id text COLLATE "C" NOT NULL,
    tag text COLLATE "C" NOT NULL,
    lead_id uuid NOT NULL,
    CONSTRAINT lead_tag_key PRIMARY KEY (tenant_id, tag, lead_id),
    CONSTRAINT lead_tag_lead FOREIGN KEY (tenant_id, lead_id) REFERENCES lead ON DELETE CASCADE,
    CONSTRAINT lead_tag_length CHECK (char_length(tag) BETWEEN 1 AND 50)
);

CREATE INDEX lead_tag_by_lead ON lead_tag (tenant_id, lead_id);

ALTER TABLE lead_tag ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_tag FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON lead_tag USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, DELETE ON lead_tag TO switchboard_app;

CREATE FUNCTION lead_keep_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM lead_tag WHERE tenant_id = OLD.tenant_id AND lead_id = OLD.id;
    END IF;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO lead_tag (tenant_id, tag, lead_id) SELECT NEW.tenant_id, tag, NEW.id FROM unnest(NEW.tags) AS tag;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER lead_tags_of_new AFTER INSERT ON lead
    FOR EACH ROW WHEN (cardinality(NEW.tags) > 0) EXECUTE FUNCTION lead_keep_tags();

CREATE TRIGGER lead_tags_of_changed AFTER UPDATE ON lead
    FOR EACH ROW WHEN (OLD.tags <> NEW.tags OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) AND cardinality(OLD.tags) > 0)
    EXECUTE FUNCTION lead_keep_tags();
