/// What one customer owes and has paid, in one currency: its open invoices, and its payments with what each of them pays.
///
/// Every allocation knows its payment, also when it was made of an advance later; so a reversal removes exactly its own.
struct CustomerAccount: Hashable, Sendable {
    struct Invoice: Hashable, Sendable {
        let due: CivilDate
        let number: String
        let total: Int64
        fileprivate(set) var paid: Int64 = 0

        var outstanding: Int64 { total - paid }
    }

    struct Payment: Hashable, Sendable {
        /// Payments come one after the other; advances are used in this order.
        let sequence: Int
        let amount: Int64
        fileprivate(set) var allocations: [Allocation]
        /// The advance: what of it pays nothing yet.
        fileprivate(set) var remainder: Int64
    }

    private(set) var invoices: [RecordID: Invoice] = [:]
    private(set) var payments: [RecordID: Payment] = [:]

    /// - Throws: `recordExists`, `amountNotPositive` below zero.
    mutating func issue(_ id: RecordID, number: String, due: CivilDate, total: Int64) throws(BillingError) {
        guard invoices[id] == nil else { throw .recordExists(id) }
        guard total >= 0 else { throw .amountNotPositive }
        invoices[id] = Invoice(due: due, number: number, total: total)
    }

    /// - Throws: `recordExists`, and what ``AllocationPlan`` throws; then nothing has changed.
    @discardableResult
    mutating func pay(_ id: RecordID, _ amount: Int64, _ strategy: AllocationStrategy = .oldestFirst) throws(BillingError) -> AllocationPlan
    {
        guard payments[id] == nil else { throw .recordExists(id) }
        let plan = try AllocationPlan(amount, among: open, strategy)
        let sequence = (payments.values.map(\.sequence).max() ?? 0) + 1
        payments[id] = Payment(sequence: sequence, amount: amount, allocations: plan.allocations, remainder: plan.remainder)
        for allocation in plan.allocations { invoices[allocation.invoice]?.paid += allocation.amount }
        return plan
    }

    /// Pays open invoices with advances, the oldest of both first.
    ///
    /// - Returns: what was applied, by payment.
    mutating func applyCredit() throws(BillingError) -> [RecordID: [Allocation]] {
        var applied: [RecordID: [Allocation]] = [:]
        for (id, payment) in payments.sorted(by: { $0.value.sequence < $1.value.sequence }) where payment.remainder > 0 {
            let plan = try AllocationPlan(payment.remainder, among: open, .oldestFirst)
            guard !plan.allocations.isEmpty else { break }
            applied[id] = plan.allocations
            payments[id]?.allocations += plan.allocations
            payments[id]?.remainder = plan.remainder
            for allocation in plan.allocations { invoices[allocation.invoice]?.paid += allocation.amount }
        }
        return applied
    }

    /// Takes a payment back: its allocations, whenever they were made, and what was left of it. Nobody else's.
    ///
    /// - Throws: `paymentUnknown`.
    @discardableResult
    mutating func reverse(_ id: RecordID) throws(BillingError) -> Payment {
        guard let payment = payments.removeValue(forKey: id) else { throw .paymentUnknown(id) }
        for allocation in payment.allocations { invoices[allocation.invoice]?.paid -= allocation.amount }
        return payment
    }

    /// What the customer owes less its advances, in 128 bits: each invoice fits into 64, their sum need not.
    var balance: Int128 {
        invoices.values.reduce(Int128(0)) { $0 + Int128($1.outstanding) } - payments.values.reduce(Int128(0)) { $0 + Int128($1.remainder) }
    }

    private var open: [OpenInvoice] {
        invoices.compactMap { id, invoice in
            invoice.outstanding > 0 ? OpenInvoice(id: id, due: invoice.due, number: invoice.number, outstanding: invoice.outstanding) : nil
        }
    }
}
