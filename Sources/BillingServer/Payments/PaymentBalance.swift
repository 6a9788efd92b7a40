/// What came with a payment and what became of it, in smallest units: the parts are always the whole.
struct PaymentBalance: Hashable, Sendable {
    let amount: Int64
    /// It pays invoices.
    private(set) var allocated: Int64
    /// It is the customer's advance.
    private(set) var unallocated: Int64
    private(set) var refunded: Int64

    static let nothing = PaymentBalance(amount: 0, allocated: 0, unallocated: 0, refunded: 0)

    /// What just came, by its plan.
    init(_ plan: AllocationPlan) throws(BillingError) {
        let allocated = try Int64(checked: plan.allocations.reduce(Int128(0)) { $0 + Int128($1.amount) })
        self.init(amount: try allocated.plus(plan.remainder), allocated: allocated, unallocated: plan.remainder, refunded: 0)
    }

    init(amount: Int64, allocated: Int64, unallocated: Int64, refunded: Int64) {
        self.amount = amount
        self.allocated = allocated
        self.unallocated = unallocated
        self.refunded = refunded
    }

    /// A part of the advance pays an invoice now.
    ///
    /// - Throws: `amountNotPositive`, `advanceTooSmall`.
    mutating func allocate(_ part: Int64) throws(BillingError) {
        guard part > 0 else { throw .amountNotPositive }
        guard part <= unallocated else { throw .advanceTooSmall }
        unallocated -= part
        allocated += part
    }

    /// A part that paid an invoice is an advance again.
    ///
    /// - Throws: `amountNotPositive`, `amountOutOfRange` above what is allocated.
    mutating func release(_ part: Int64) throws(BillingError) {
        guard part > 0 else { throw .amountNotPositive }
        guard part <= allocated else { throw .amountOutOfRange }
        allocated -= part
        unallocated += part
    }

    /// A part of the advance is given back.
    ///
    /// - Returns: what the payment is after it.
    /// - Throws: `amountNotPositive`, `advanceTooSmall`.
    mutating func refund(_ part: Int64) throws(BillingError) -> PaymentStatus {
        guard part > 0 else { throw .amountNotPositive }
        guard part <= unallocated else { throw .advanceTooSmall }
        unallocated -= part
        refunded += part
        return refunded == amount ? .refunded : .partiallyRefunded
    }

    /// As if it had not come; what came stays known.
    mutating func reverse() {
        allocated = 0
        unallocated = 0
    }
}
