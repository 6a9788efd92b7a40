-- The same checks as before, by the invoice's key. Joined with the lines that came or went, whose number the planner does not know and takes
-- for a thousand, the whole table of invoices was read for each of them, until it had tens of thousands.
CREATE OR REPLACE FUNCTION invoice_line_added() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    of_one record;
BEGIN
    FOR of_one IN SELECT tenant_id, invoice_id, max(number) AS number FROM added GROUP BY 1, 2 LOOP
        IF EXISTS (SELECT FROM invoice WHERE tenant_id = of_one.tenant_id AND id = of_one.invoice_id AND line_count < of_one.number) THEN
            RAISE EXCEPTION 'an invoice has no more lines than it says'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_within', TABLE = 'invoice_line', COLUMN = 'number';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION invoice_line_removed() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    of_one record;
BEGIN
    FOR of_one IN SELECT DISTINCT tenant_id, invoice_id FROM removed LOOP
        IF EXISTS (SELECT FROM invoice WHERE tenant_id = of_one.tenant_id AND id = of_one.invoice_id AND status <> 'draft') THEN
            RAISE EXCEPTION 'the lines of an invoice that is issued stay'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_line_immutable', TABLE = 'invoice_line';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
