internal import Postgres

/// What reports read. Documents count from the day they are issued on; drafts, proformas, and what is void or cancelled do not.
extension SQL {
    /// Each account's sums of some days: a row for each account and currency, from the sums that are kept for each day.
    static func ledgerSums(_ days: DayRange) -> SQL {
        """
        SELECT account, currency, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit FROM ledger_day
        WHERE tenant_id = current_tenant() AND effective_on BETWEEN \(days.from) AND \(days.to) GROUP BY account, currency
        ORDER BY account, currency
        """
    }

    static func daySummaries(_ days: DayRange) -> SQL {
        """
        WITH sold AS (
            SELECT issued_on AS day, count(*) AS invoices, sum(gross)::bigint AS gross, sum(discount)::bigint AS discount,
                sum(taxable)::bigint AS taxable, sum(cgst + sgst + igst + cess)::bigint AS tax, sum(payable)::bigint AS payable
            FROM invoice
            WHERE tenant_id = current_tenant() AND issued_on BETWEEN \(days.from) AND \(days.to)
                AND status IN ('issued', 'partial', 'paid') AND currency = 'INR'
            GROUP BY issued_on
        ), moved AS (
            SELECT effective_on AS day, coalesce(sum(debit - credit) FILTER (WHERE account = 1000), 0)::bigint AS cash,
                coalesce(sum(debit - credit) FILTER (WHERE account = 1010), 0)::bigint AS bank,
                coalesce(sum(debit - credit) FILTER (WHERE account = 1020), 0)::bigint AS upi,
                coalesce(sum(debit - credit) FILTER (WHERE account = 1030), 0)::bigint AS card
            FROM ledger_day
            WHERE tenant_id = current_tenant() AND effective_on BETWEEN \(days.from) AND \(days.to) AND currency = 'INR'
                AND account IN (1000, 1010, 1020, 1030)
            GROUP BY effective_on
        )
        SELECT day, coalesce(invoices, 0) AS invoices, coalesce(gross, 0) AS gross, coalesce(discount, 0) AS discount,
            coalesce(taxable, 0) AS taxable, coalesce(tax, 0) AS tax, coalesce(payable, 0) AS payable, coalesce(cash, 0) AS cash,
            coalesce(bank, 0) AS bank, coalesce(upi, 0) AS upi, coalesce(card, 0) AS card
        FROM sold FULL JOIN moved USING (day) ORDER BY day
        """
    }

    /// One row for a product; what is not among the products goes by what documents call it.
    static func topSelling(_ days: DayRange, limit: Int) -> SQL {
        """
        SELECT line.product_id, max(line.description) AS description, line.unit, sum(line.quantity)::bigint AS quantity,
            sum(line.taxable)::bigint AS taxable, sum(line.cost)::bigint AS cost, count(DISTINCT line.invoice_id) AS invoices
        FROM invoice JOIN invoice_line AS line ON (line.tenant_id, line.invoice_id) = (invoice.tenant_id, invoice.id)
        WHERE invoice.tenant_id = current_tenant() AND issued_on BETWEEN \(days.from) AND \(days.to)
            AND status IN ('issued', 'partial', 'paid') AND currency = 'INR'
        GROUP BY line.product_id, line.unit, CASE WHEN line.product_id IS NULL THEN line.description END
        ORDER BY sum(line.taxable) DESC, line.product_id, description LIMIT \(limit)
        """
    }

    /// Invoices of some days, each with the amounts of those that the customer had before it, at most twelve. A customer's invoices are read
    /// once for a page, however many of them are on it.
    static func comparedInvoices(_ days: DayRange, after last: ComparedInvoiceRow?, limit: Int) -> SQL {
        """
        WITH page AS MATERIALIZED (
            SELECT id, number, customer_id, issued_on, payable FROM invoice
            WHERE tenant_id = current_tenant() AND issued_on BETWEEN \(days.from) AND \(days.to) AND status IN ('issued', 'partial', 'paid')
                AND currency = 'INR' AND corrects_id IS NULL AND (issued_on, id) > (\(last?.issuedOn ?? days.from), \(last?.id ?? .none))
            ORDER BY issued_on, id LIMIT \(limit)
        ), known AS (
            SELECT id, number, customer_id, issued_on, payable, true AS is_compared FROM page
            UNION ALL
            SELECT earlier.id, earlier.number, earlier.customer_id, earlier.issued_on, earlier.payable, false
            FROM (SELECT DISTINCT ON (customer_id) customer_id, issued_on, id FROM page ORDER BY customer_id, issued_on, id) AS first
            CROSS JOIN LATERAL (
                SELECT * FROM invoice
                WHERE tenant_id = current_tenant() AND customer_id = first.customer_id AND status IN ('issued', 'partial', 'paid')
                    AND currency = 'INR' AND corrects_id IS NULL AND (issued_on, id) < (first.issued_on, first.id)
                ORDER BY issued_on DESC, id DESC LIMIT 12
            ) AS earlier
        )
        SELECT id, number, customer_id, issued_on, payable, coalesce(earlier, '{}') AS earlier FROM (
            SELECT *, array_agg(payable) OVER (
                PARTITION BY customer_id ORDER BY issued_on, id ROWS BETWEEN 12 PRECEDING AND 1 PRECEDING
            ) AS earlier
            FROM known
        ) AS compared WHERE is_compared ORDER BY issued_on, id
        """
    }
}
