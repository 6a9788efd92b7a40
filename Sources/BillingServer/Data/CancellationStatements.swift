internal import Postgres
internal import Resources

/// What is read when an invoice, or a part of it, is taken back.
extension SQL {
    /// Who stands for an invoice's customer now, held: the one it was merged into, or itself.
    static func lockPayer(ofInvoice id: RecordID) -> SQL {
        """
        SELECT \(CustomerRow.columns) FROM customer WHERE tenant_id = current_tenant() AND id = (
            SELECT coalesce(merged_into, customer.id) FROM customer JOIN invoice
                ON invoice.tenant_id = customer.tenant_id AND invoice.customer_id = customer.id
            WHERE customer.tenant_id = current_tenant() AND invoice.id = \(id)
        ) FOR NO KEY UPDATE
        """
    }

    /// The number of a debit note that adds to an invoice and is not cancelled; no row where there is none.
    static func debitNote(against id: RecordID) -> SQL {
        """
        SELECT number FROM invoice
        WHERE tenant_id = current_tenant() AND corrects_id = \(id) AND status IN ('issued', 'partial', 'paid') ORDER BY number LIMIT 1
        """
    }

    /// The lines of the journal that an invoice was posted by.
    static func journalLines(ofInvoice id: RecordID) -> SQL {
        """
        SELECT account, party_id, currency, debit, credit FROM ledger_line
        WHERE tenant_id = current_tenant() AND journal_id = (
            SELECT journal_id FROM invoice WHERE tenant_id = current_tenant() AND id = \(id)
        ) ORDER BY number
        """
    }

    /// What left which batches for an invoice and has not come back.
    static func soldStock(ofInvoice id: RecordID) -> SQL {
        """
        SELECT product_id, batch_id, -sum(quantity)::bigint AS quantity, -sum(value)::bigint AS value FROM stock_movement
        WHERE tenant_id = current_tenant() AND (
            document_id = \(id)
            OR document_id IN (SELECT credit_note.id FROM credit_note WHERE tenant_id = current_tenant() AND invoice_id = \(id))
        ) GROUP BY product_id, batch_id HAVING sum(quantity) < 0 ORDER BY batch_id
        """
    }

    /// Whether the month of a day takes no journal any more.
    static func isMonthClosed(ofInvoice id: RecordID) -> SQL {
        """
        SELECT EXISTS (
            SELECT FROM ledger_period WHERE tenant_id = current_tenant() AND is_closed AND month = (
                SELECT date_trunc('month', issued_on::timestamp)::date FROM invoice WHERE tenant_id = current_tenant() AND id = \(id)
            )
        )
        """
    }

    static func isMonthClosed(of day: CivilDate) -> SQL {
        """
        SELECT EXISTS (
            SELECT FROM ledger_period
            WHERE tenant_id = current_tenant() AND is_closed AND month = date_trunc('month', \(day)::timestamp)::date
        )
        """
    }

    /// What came back to which batches by a credit note.
    static func returnedStock(by note: RecordID) -> SQL {
        """
        SELECT product_id, batch_id, sum(quantity)::bigint AS quantity, sum(value)::bigint AS value FROM stock_movement
        WHERE tenant_id = current_tenant() AND document_id = \(note)
        GROUP BY product_id, batch_id HAVING sum(quantity) > 0 ORDER BY batch_id
        """
    }
}

extension [SoldStockRow] {
    /// What all of it had cost.
    ///
    /// - Throws: `amountOutOfRange`.
    func cost() throws(BillingError) -> Int64 {
        var sum: Int64 = 0
        for row in self { sum = try sum.plus(row.value) }
        return sum
    }
}

/// What of a batch left for an invoice.
struct SoldStockRow: RowDecodable, Hashable {
    let product: RecordID
    let batch: RecordID
    let quantity: Quantity
    /// What it had cost.
    let value: Int64

    init(row: Row) throws(PostgresError) {
        product = try row["product_id"]
        batch = try row["batch_id"]
        quantity = Quantity(milli: try row["quantity"])
        value = try row["value"]
    }
}
