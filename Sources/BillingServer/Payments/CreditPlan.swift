/// What of a payment pays nothing yet, in smallest units.
struct Advance: Hashable, Sendable {
    let payment: RecordID
    let remainder: Int64
    /// How many more allocations its payment can keep.
    var room = Limits.paymentAllocations
}

/// Which advances pay which invoices.
struct CreditPlan: Sendable {
    /// A part of an advance for a part of an invoice.
    struct Share: Hashable, Sendable {
        let payment: RecordID
        let allocation: Allocation
    }

    /// The payments in the order in which they are used, each once.
    private(set) var shares: [(payment: RecordID, allocations: [Allocation])]

    /// The first advance pays the invoice that is due first, then the next: the oldest of both first.
    ///
    /// - Parameter advances: in the order in which they came.
    init(_ advances: [Advance], among invoices: [OpenInvoice]) throws(BillingError) {
        var open = invoices
        shares = []
        for advance in advances where advance.remainder > 0 && !open.isEmpty {
            let plan = try AllocationPlan(advance.remainder, among: open, .oldestFirst)
            let allocations = Array(plan.allocations.prefix(advance.room))
            guard !allocations.isEmpty else { continue }
            shares.append((advance.payment, allocations))
            open = Self.left(of: open, after: allocations)
        }
    }

    /// These parts and no others.
    ///
    /// - Throws: `paymentUnknown` for what is none of the advances, `advanceTooSmall`, and what ``AllocationPlan`` throws.
    init(_ wanted: [Share], of advances: [Advance], among invoices: [OpenInvoice]) throws(BillingError) {
        var open = invoices
        shares = []
        var order: [RecordID] = []
        for share in wanted where !order.contains(share.payment) { order.append(share.payment) }
        for payment in order {
            guard let advance = advances.first(where: { $0.payment == payment }) else { throw .paymentUnknown(payment) }
            let allocations = wanted.filter { $0.payment == payment }.map(\.allocation)
            let sum = allocations.reduce(Int128(0)) { $0 + Int128($1.amount) }
            guard sum <= Int128(advance.remainder), allocations.count <= advance.room else { throw .advanceTooSmall }
            let plan = try AllocationPlan(advance.remainder, among: open, .explicit(allocations))
            shares.append((payment, plan.allocations))
            open = Self.left(of: open, after: plan.allocations)
        }
    }

    var total: Int128 { shares.reduce(Int128(0)) { $1.allocations.reduce($0) { $0 + Int128($1.amount) } } }

    private static func left(of invoices: [OpenInvoice], after allocations: [Allocation]) -> [OpenInvoice] {
        var paid: [RecordID: Int64] = [:]
        for allocation in allocations { paid[allocation.invoice, default: 0] += allocation.amount }
        return invoices.compactMap { invoice in
            let left = invoice.outstanding - (paid[invoice.id] ?? 0)
            return left > 0 ? OpenInvoice(id: invoice.id, due: invoice.due, number: invoice.number, outstanding: left) : nil
        }
    }
}
