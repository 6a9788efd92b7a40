internal import Postgres
internal import Resources

/// The statements that move money between advances and invoices.
extension SQL {
    /// The advances of a customer, and of who was merged into it, in one currency: the one that came first at the beginning. Held.
    static func lockAdvances(of customer: RecordID, in currency: Currency, limit: Int) -> SQL {
        """
        SELECT \(PaymentRow.columns) FROM payment
        WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer))) AND unallocated > 0
            AND currency = \(currency.code)
        ORDER BY created_at, id LIMIT \(limit) FOR UPDATE
        """
    }

    /// The named payments that are the customer's or its family's, held.
    static func lockPayments(_ ids: [RecordID], of customer: RecordID) -> SQL {
        """
        SELECT \(PaymentRow.columns) FROM payment
        WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) AND customer_id IN (\(customerFamily(customer)))
        ORDER BY created_at, id FOR UPDATE
        """
    }

    /// What pays an invoice now, the last at the beginning, each with its payment held.
    static func lockAllocations(on invoice: RecordID) -> SQL {
        """
        SELECT payment_allocation.payment_id, payment_allocation.number, invoice_id, payment_allocation.amount, journal_id, allocated_at,
            released_at
        FROM payment_allocation JOIN payment ON (payment.tenant_id, payment.id) = (payment_allocation.tenant_id, payment_id)
        WHERE payment_allocation.tenant_id = current_tenant() AND invoice_id = \(invoice) AND released_by IS NULL
        ORDER BY allocated_at DESC, payment_id DESC, payment_allocation.number DESC FOR UPDATE OF payment
        """
    }

    /// The payments of ``lockAllocations(on:)``.
    static func payments(paying invoice: RecordID) -> SQL {
        """
        SELECT \(PaymentRow.columns) FROM payment WHERE tenant_id = current_tenant() AND id IN (
            SELECT payment_id FROM payment_allocation
            WHERE tenant_id = current_tenant() AND invoice_id = \(invoice) AND released_by IS NULL
        )
        """
    }

    /// Of one payment, by one journal.
    static func releaseAllocations(_ numbers: [Int], of payment: RecordID, by journal: RecordID, at time: Instant) -> SQL {
        """
        UPDATE payment_allocation SET released_by = \(journal), released_at = \(time)
        WHERE tenant_id = current_tenant() AND payment_id = \(payment) AND number = ANY(\(numbers.map { Int16(truncatingIfNeeded: $0) }))
            AND released_by IS NULL
        """
    }

    /// The lines of a document's journals that nobody has reversed and that reverse none, journal after journal.
    static func standingJournals(of document: Posting.Document) -> SQL {
        """
        SELECT line.journal_id, line.account, line.party_id, line.currency, line.debit, line.credit
        FROM ledger_journal AS journal
            JOIN ledger_line AS line ON (line.tenant_id, line.journal_id) = (journal.tenant_id, journal.id)
        WHERE journal.tenant_id = current_tenant() AND journal.document_id = \(document.id) AND journal.document_kind = \(document.kind.rawValue)
            AND journal.reverses_id IS NULL
            AND NOT EXISTS (
                SELECT FROM ledger_journal AS other WHERE other.tenant_id = journal.tenant_id AND other.reverses_id = journal.id
            )
        ORDER BY journal.posted_at, line.journal_id, line.number
        """
    }
}

/// A line of a journal, with which journal it is of.
struct StandingLineRow: RowDecodable {
    let journal: RecordID
    let line: JournalLine

    init(row: Row) throws(PostgresError) {
        journal = try row["journal_id"]
        line = try JournalLineRow(row: row).line
    }
}
