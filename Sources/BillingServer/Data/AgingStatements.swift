internal import Postgres

/// The statements over how late invoices are paid.
extension SQL {
    /// What was open at the end of a day, by how late it was: for each currency in all (those rows have no payer), and for some payers each,
    /// in the order of their ids.
    ///
    /// - Parameters:
    ///   - customer: whose invoices; nil for the tenant's.
    ///   - last: the last payer of the page before.
    static func aging(asOf day: CivilDate, of customer: RecordID?, after last: RecordID?, payers limit: Int) -> SQL {
        let whose: SQL = customer.map { " AND invoice.customer_id IN (\(customerFamily($0)))" } ?? ""
        let behind: SQL = last.map { " WHERE payer_id > \($0)" } ?? ""
        return """
            WITH bill AS (
                SELECT coalesce(customer.merged_into, customer.id) AS payer_id, invoice.currency,
                    width_bucket(\(day) - coalesce(invoice.due_on, invoice.issued_on), \(AgingBucket.firstDays)) AS bucket,
                    invoice.payable - (\(paid(by: day))) - (\(credited(by: day))) AS open
                FROM invoice JOIN customer ON (customer.tenant_id, customer.id) = (invoice.tenant_id, invoice.customer_id)
                WHERE invoice.tenant_id = current_tenant() AND invoice.issued_on <= \(day)
                    AND invoice.status IN ('issued', 'partial', 'paid', 'cancelled')\(whose)
                    AND NOT EXISTS (\(reversal(of: "invoice.journal_id", by: day)))
            ), late AS (
                SELECT payer_id, currency, bucket, open FROM bill WHERE open > 0
            ), page AS (
                SELECT DISTINCT payer_id FROM late\(behind) ORDER BY payer_id LIMIT \(limit)
            )
            SELECT NULL::uuid AS payer_id, currency, bucket, sum(open)::bigint AS open FROM late GROUP BY currency, bucket
            UNION ALL SELECT payer_id, currency, bucket, sum(open)::bigint FROM late JOIN page USING (payer_id)
            GROUP BY payer_id, currency, bucket ORDER BY payer_id NULLS FIRST, currency, bucket
            """
    }

    /// An allocation counts from its journal's day on, until the day of the journal that released it.
    private static func paid(by day: CivilDate) -> SQL {
        """
        SELECT coalesce(sum(allocation.amount), 0)
        FROM payment_allocation AS allocation
        JOIN ledger_journal AS made ON (made.tenant_id, made.id) = (allocation.tenant_id, allocation.journal_id)
        LEFT JOIN ledger_journal AS released ON (released.tenant_id, released.id) = (allocation.tenant_id, allocation.released_by)
        WHERE allocation.tenant_id = current_tenant() AND allocation.invoice_id = invoice.id AND made.effective_on <= \(day)
            AND (released.id IS NULL OR released.effective_on > \(day))
        """
    }

    private static func credited(by day: CivilDate) -> SQL {
        """
        SELECT coalesce(sum(note.to_receivable), 0) FROM credit_note AS note
        WHERE note.tenant_id = current_tenant() AND note.invoice_id = invoice.id AND note.issued_on <= \(day)
            AND NOT EXISTS (\(reversal(of: "note.journal_id", by: day)))
        """
    }

    private static func reversal(of journal: SQL, by day: CivilDate) -> SQL {
        """
        SELECT FROM ledger_journal AS reversal
        WHERE reversal.tenant_id = current_tenant() AND reversal.reverses_id = \(journal) AND reversal.effective_on <= \(day)
        """
    }

    /// How long a customer's invoices of some days took to be paid, of those that payments have paid. What stayed of an allocation when a
    /// part of it was released counts from the first one on.
    static func daysToPay(of customer: RecordID, _ days: DayRange) -> SQL {
        """
        SELECT count(*) AS invoice_count, coalesce(sum(last_on - issued_on), 0)::bigint AS days,
            coalesce(sum(last_on - due_on), 0)::bigint AS late_days
        FROM (
            SELECT invoice.issued_on, coalesce(invoice.due_on, invoice.issued_on) AS due_on, (
                WITH RECURSIVE part AS (
                    SELECT payment_id, number, journal_id FROM payment_allocation
                    WHERE tenant_id = current_tenant() AND invoice_id = invoice.id AND released_by IS NULL
                    UNION ALL
                    SELECT part.payment_id, part.number, before.journal_id FROM part JOIN payment_allocation AS before
                        ON before.payment_id = part.payment_id AND before.released_by = part.journal_id
                    WHERE before.tenant_id = current_tenant() AND before.invoice_id = invoice.id
                )
                SELECT max(first_on) FROM (
                    SELECT min(made.effective_on) AS first_on FROM part
                    JOIN ledger_journal AS made ON made.id = part.journal_id
                    WHERE made.tenant_id = current_tenant() GROUP BY part.payment_id, part.number
                ) AS pays
            ) AS last_on
            FROM invoice
            WHERE invoice.tenant_id = current_tenant() AND invoice.customer_id IN (\(customerFamily(customer)))
                AND invoice.issued_on BETWEEN \(days.from) AND \(days.to) AND invoice.status = 'paid' AND invoice.paid > 0
        ) AS bill
        WHERE last_on IS NOT NULL
        """
    }
}

/// What is open in one currency and bucket, of one payer or of all.
struct AgingRow: RowDecodable {
    let payer: RecordID?
    let currency: Currency
    let bucket: AgingBucket
    let open: Int64

    init(row: Row) throws(PostgresError) {
        payer = try row["payer_id"]
        currency = try Currency(row: row)
        let number: Int32 = try row["bucket"]
        guard let bucket = AgingBucket(rawValue: Int(number)) else {
            throw PostgresError(.decoding, "The database has a bucket that this version does not know.", column: "bucket")
        }
        self.bucket = bucket
        open = try row["open"]
    }
}

extension DaysToPay: RowDecodable {
    init(row: Row) throws(PostgresError) {
        self.init(invoiceCount: try row["invoice_count"], days: try row["days"], lateDays: try row["late_days"])
    }
}
