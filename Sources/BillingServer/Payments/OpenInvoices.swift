/// The invoices that a payment may pay, held by its transaction.
struct OpenInvoices: Sendable {
    private let rows: [OpenInvoiceRow]
    private let customers: [RecordID: RecordID]

    init(_ rows: [OpenInvoiceRow]) {
        self.rows = rows
        customers = Dictionary(rows.map { ($0.invoice.id, $0.customer) }, uniquingKeysWith: { first, _ in first })
    }

    /// Those in one currency.
    func invoices(in currency: Currency) -> [OpenInvoice] { rows.filter { $0.currency == currency }.map(\.invoice) }

    /// - Throws: `currencyMismatch` for an invoice in another currency, and what ``AllocationPlan`` throws.
    func plan(_ amount: Money, _ strategy: AllocationStrategy) throws(BillingError) -> AllocationPlan {
        if case .explicit(let wanted) = strategy { try demand(amount.currency, of: wanted.map(\.invoice)) }
        return try AllocationPlan(amount.minorUnits, among: invoices(in: amount.currency), strategy)
    }

    /// - Throws: `currencyMismatch`.
    func demand(_ currency: Currency, of named: [RecordID]) throws(BillingError) {
        for row in rows where row.currency != currency && named.contains(row.invoice.id) {
            throw .currencyMismatch(expected: currency, found: row.currency)
        }
    }

    /// What allocations take off whose receivable.
    ///
    /// - Throws: `invoiceNotOpen` for an invoice that is none of these, `amountOutOfRange`.
    func receivables(_ allocations: [Allocation]) throws(BillingError) -> [RecordID: Int64] {
        var sums: [RecordID: Int64] = [:]
        for allocation in allocations {
            guard let customer = customers[allocation.invoice] else { throw .invoiceNotOpen(allocation.invoice) }
            sums[customer] = try (sums[customer] ?? 0).plus(allocation.amount)
        }
        return sums
    }
}
