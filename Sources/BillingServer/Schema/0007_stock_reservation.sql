-- What is promised to a draft or a proforma until a time: it stays in stock, and nobody else can take it. What has expired or was released
-- counts for nothing by its time alone, so that nobody needs to clean up for stock to be right.
CREATE TABLE stock_reservation (
    tenant_id text COLLATE "C" NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    -- In thousandths.
    quantity bigint NOT NULL,
    -- Whom it is promised to.
    document_id uuid NOT NULL,
    reserved_by text COLLATE "C" NOT NULL,
    reserved_at timestamptz NOT NULL,
    -- It counts before this time; who releases it sets the time of that.
    expires_at timestamptz NOT NULL,
    CONSTRAINT stock_reservation_key PRIMARY KEY (tenant_id, id, product_id),
    CONSTRAINT stock_reservation_product FOREIGN KEY (tenant_id, product_id) REFERENCES product (tenant_id, id),
    CONSTRAINT stock_reservation_quantity CHECK (quantity > 0),
    CONSTRAINT stock_reservation_reserved_by CHECK (reserved_by <> ''),
    CONSTRAINT stock_reservation_expires_at CHECK (expires_at >= reserved_at)
);
CREATE INDEX stock_reservation_by_product ON stock_reservation (product_id, tenant_id, expires_at);
CREATE INDEX stock_reservation_by_document ON stock_reservation (document_id, tenant_id, expires_at);

ALTER TABLE stock_reservation ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock_reservation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON stock_reservation USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());

GRANT SELECT, INSERT, UPDATE (expires_at) ON stock_reservation TO switchboard_app;
