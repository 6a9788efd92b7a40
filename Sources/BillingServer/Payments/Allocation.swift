/// A part of a payment that pays a part of an invoice, in smallest units.
struct Allocation: Hashable, Sendable {
    let invoice: RecordID
    let amount: Int64
}

/// An invoice that is not paid in full.
struct OpenInvoice: Hashable, Sendable {
    let id: RecordID
    let due: CivilDate
    let number: String
    /// What is owed still, above zero, in smallest units.
    let outstanding: Int64
}

/// Which invoices a payment pays.
enum AllocationStrategy: Hashable, Sendable {
    /// The invoice that is due first, in full if it reaches, then the next; of equal days, by number.
    case oldestFirst
    /// These and no others.
    case explicit([Allocation])
}

/// What becomes of an amount that a customer has paid: allocations, and what is left.
struct AllocationPlan: Hashable, Sendable {
    let allocations: [Allocation]
    /// For later invoices: an overpayment never makes a receivable negative.
    let remainder: Int64

    /// - Parameter amount: above zero, in the invoices' currency.
    /// - Throws: `amountNotPositive`; for explicit allocations `invoiceNotOpen`, `invoiceRepeated`, and `overAllocation` above what is
    ///   open of an invoice or left of the amount.
    init(_ amount: Int64, among invoices: [OpenInvoice], _ strategy: AllocationStrategy) throws(BillingError) {
        guard amount > 0 else { throw .amountNotPositive }
        var left = amount
        var made: [Allocation] = []
        switch strategy {
        case .oldestFirst:
            for invoice in invoices.sorted(by: { ($0.due, $0.number, $0.id) < ($1.due, $1.number, $1.id) }) where invoice.outstanding > 0 {
                guard left > 0 else { break }
                let part = min(left, invoice.outstanding)
                made.append(Allocation(invoice: invoice.id, amount: part))
                left -= part
            }
        case .explicit(let wanted):
            var outstanding: [RecordID: Int64] = [:]
            for invoice in invoices { outstanding[invoice.id] = invoice.outstanding }
            var named: Set<RecordID> = []
            for allocation in wanted {
                guard allocation.amount > 0 else { throw .amountNotPositive }
                guard let open = outstanding[allocation.invoice], open > 0 else { throw .invoiceNotOpen(allocation.invoice) }
                guard named.insert(allocation.invoice).inserted else { throw .invoiceRepeated(allocation.invoice) }
                guard allocation.amount <= open, allocation.amount <= left else { throw .overAllocation(allocation.invoice) }
                left -= allocation.amount
                made.append(allocation)
            }
        }
        allocations = made
        remainder = left
    }
}
