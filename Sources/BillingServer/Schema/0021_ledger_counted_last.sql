-- The sums are counted when the transaction commits, behind all that it locks, and by one transaction of a tenant at a time. Counted as each
-- journal was posted, those of two transactions waited for each other in a circle: one that posted several journals had the accounts of the
-- first when it asked for those of the second, and one that posted before it moved stock had sums that others waited for who had the stock.
-- Nearly every journal changes the same few sums of its day, so that one at a time is no fewer than before, and for a shorter time.
CREATE POLICY counter ON ledger_line FOR SELECT TO switchboard_owner USING (true);

CREATE FUNCTION ledger_sums_lock(tenant text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended('ledger_sums ' || tenant, 0)
$$;

-- By the lines' key, also while the planner takes the table for empty.
CREATE FUNCTION ledger_count_journal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off
    AS $$
    DECLARE
        counted bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(ledger_sums_lock(NEW.tenant_id));
        WITH posted AS MATERIALIZED (
            SELECT * FROM ledger_line WHERE tenant_id = NEW.tenant_id AND journal_id = NEW.id
        ), balances AS (
            INSERT INTO ledger_balance AS kept (tenant_id, account, party_id, currency, debit, credit)
            SELECT tenant_id, account, party_id, currency, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, account, party_id, currency) DO UPDATE
                SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit
        ), days AS (
            INSERT INTO ledger_day AS kept (tenant_id, account, currency, effective_on, debit, credit)
            SELECT tenant_id, account, currency, effective_on, sum(debit), sum(credit) FROM posted GROUP BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, account, currency, effective_on) DO UPDATE
                SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit
        )
        SELECT count(*) INTO counted FROM posted;
        -- Who asks for it before all lines are there would have the others counted never.
        IF counted <> NEW.line_count THEN
            RAISE EXCEPTION 'journal % says it has % lines and has %', NEW.id, NEW.line_count, counted
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_journal_complete', TABLE = 'ledger_journal';
        END IF;
        RETURN NULL;
    END
    $$;
REVOKE EXECUTE ON FUNCTION ledger_count_journal FROM PUBLIC;
CREATE CONSTRAINT TRIGGER ledger_count_journal AFTER INSERT ON ledger_journal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_count_journal();

DROP TRIGGER ledger_count_lines ON ledger_line;
DROP FUNCTION ledger_count_lines;
