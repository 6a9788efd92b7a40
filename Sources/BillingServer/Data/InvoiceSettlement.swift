internal import Postgres
internal import Resources

/// What of invoices is paid. Whoever changes it holds the invoices' customer (`FOR UPDATE`) before these statements, so that two who pay the
/// same customer's invoices come one after the other.
extension SQL {
    /// The invoices that are not paid in full of a customer, and of who was merged into it, in one currency: the one that is due first at
    /// the beginning, of equal days the lower number. They are held until the transaction ends.
    static func lockOpenInvoices(of customer: RecordID, in currency: Currency, limit: Int) -> SQL {
        """
        SELECT \(openInvoiceColumns) FROM invoice
        WHERE tenant_id = current_tenant() AND customer_id IN (\(customerFamily(customer)))
            AND status IN ('issued', 'partial') AND currency = \(currency.code)
        ORDER BY invoice.due_on, number LIMIT \(limit) FOR UPDATE
        """
    }

    /// Those of the named invoices that are the customer's or its family's, whatever their currency and however much of them is open; in the
    /// same order, and held as well.
    static func lockInvoices(_ ids: [RecordID], of customer: RecordID) -> SQL {
        """
        SELECT \(openInvoiceColumns) FROM invoice
        WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) AND customer_id IN (\(customerFamily(customer)))
            AND status IN ('issued', 'partial', 'paid')
        ORDER BY invoice.due_on, number FOR UPDATE
        """
    }

    /// Changes what of invoices is paid, each invoice once, and their status with it. A row for each that was changed; the database refuses
    /// more than is payable, and less than nothing.
    ///
    /// - Parameter changes: amounts below zero for what is taken back.
    static func settleInvoices(_ changes: [Allocation], at time: Instant) -> SQL {
        """
        UPDATE invoice SET
            paid = paid + change.amount, version = version + 1, updated_at = greatest(updated_at, \(time)),
            status = CASE paid + change.amount + credited WHEN payable THEN 'paid' WHEN 0 THEN 'issued' ELSE 'partial' END
        FROM unnest(\(changes.map(\.invoice)), \(changes.map(\.amount))) AS change (id, amount)
        WHERE tenant_id = current_tenant() AND invoice.id = change.id AND status IN ('issued', 'partial', 'paid')
        """
    }

    private static var openInvoiceColumns: SQL {
        "id, customer_id, coalesce(due_on, issued_on) AS due_on, number, currency, payable - paid - credited AS outstanding"
    }
}

/// An invoice as payments see it.
struct OpenInvoiceRow: RowDecodable {
    let invoice: OpenInvoice
    /// Whose receivable it is: one who was merged keeps what is owed for old invoices.
    let customer: RecordID
    let currency: Currency

    init(row: Row) throws(PostgresError) {
        customer = try row["customer_id"]
        currency = try Currency(row: row)
        invoice = OpenInvoice(
            id: try row["id"], due: try row["due_on"], number: try row["number"], outstanding: try row["outstanding"])
    }
}

extension [Allocation] {
    /// One for each invoice, in the order in which each is first named.
    ///
    /// - Throws: `amountOutOfRange`.
    func byInvoice() throws(BillingError) -> [Allocation] {
        var order: [RecordID] = []
        var sums: [RecordID: Int64] = [:]
        for allocation in self {
            if sums[allocation.invoice] == nil { order.append(allocation.invoice) }
            sums[allocation.invoice] = try (sums[allocation.invoice] ?? 0).plus(allocation.amount)
        }
        return order.map { Allocation(invoice: $0, amount: sums[$0] ?? 0) }
    }

    /// The same amounts below zero.
    var negated: [Allocation] { map { Allocation(invoice: $0.invoice, amount: -$0.amount) } }
}
