internal import Postgres
internal import Resources

/// What pays an invoice, held, for whatever takes a paid invoice back, wholly or in part: `SQL.lockAllocations(on:)` and
/// `SQL.payments(paying:)`, by a caller who holds the invoice's payer already.
struct PayingAllocations: Sendable {
    let invoice: RecordID
    /// Whose receivable it is.
    let debtor: RecordID
    /// The last at the beginning.
    let live: [AllocationRow]
    let payments: [PaymentRow]
}

extension PayingAllocations {
    /// Makes it the customer's advance again: of the payments that paid it last first.
    ///
    /// An allocation of which a part stays is released wholly, and the part that stays is allocated anew by the same journal.
    ///
    /// - Parameters:
    ///   - amount: how much; all of it when nil.
    ///   - day: the day that the journals count for.
    /// - Returns: what was released. By that the invoice is partial or issued, and its version has gone up by one, unless it is zero.
    /// - Throws: `overAllocation` when less is paid, `tooManyAllocations`.
    func release(
        _ amount: Int64? = nil, on day: CivilDate, at now: Instant, by caller: String, _ clock: BillingClock,
        in transaction: borrowing Transaction
    ) throws(BillingError) -> Int64 {
        let releases = try AllocationRelease.plan(live, amount)
        for release in releases {
            guard var row = payments.first(where: { $0.id == release.payment }) else { throw .paymentUnknown(release.payment) }
            let posting = Posting(
                id: clock.newID(), journal: try .released(release.amount, from: debtor, to: row.customer, in: row.currency),
                effectiveOn: day,
                document: .init(kind: .payment, id: row.id), postedBy: caller)
            try row.balance.release(release.amount)
            row.touch(at: now)
            transaction.enqueue(.postJournal(posting))
            transaction.enqueue(.releaseAllocations(release.numbers, of: row.id, by: posting.id, at: now))
            if release.staying > 0 {
                row.allocationCount += 1
                guard row.allocationCount <= Limits.paymentAllocations else { throw .tooManyAllocations(limit: Limits.paymentAllocations) }
                let staying = Allocation(invoice: invoice, amount: release.staying)
                let again = AllocationRow(of: row.id, number: row.allocationCount, staying, by: posting.id, at: now)
                transaction.enqueue(.insertAllocations([again], at: now))
            }
            transaction.enqueue(.updatePayment(row))
        }
        let released = releases.reduce(0) { $0 + $1.amount }
        if released > 0 { transaction.enqueue(.settleInvoices([Allocation(invoice: invoice, amount: -released)], at: now)) }
        return released
    }
}

/// What of one payment pays an invoice no longer.
struct AllocationRelease: Hashable, Sendable {
    let payment: RecordID
    /// Of its allocations.
    private(set) var numbers: [Int]
    private(set) var amount: Int64
    /// What of the last of them stays.
    private(set) var staying: Int64

    /// One for each payment, in the order of the allocations.
    ///
    /// - Parameters:
    ///   - allocations: what pays the invoice now, the last at the beginning.
    ///   - amount: how much is to be released; all of it when nil.
    /// - Throws: `overAllocation` when it is more than all of it, `amountNotPositive` below zero.
    static func plan(_ allocations: [AllocationRow], _ amount: Int64?) throws(BillingError) -> [AllocationRelease] {
        let paid = try Int64(checked: allocations.reduce(Int128(0)) { $0 + Int128($1.allocation.amount) })
        var left = amount ?? paid
        guard left >= 0 else { throw .amountNotPositive }
        guard left <= paid else { throw .overAllocation(allocations.first?.allocation.invoice ?? .none) }
        var releases: [AllocationRelease] = []
        for allocation in allocations where left > 0 {
            let part = min(left, allocation.allocation.amount)
            let staying = allocation.allocation.amount - part
            left -= part
            if let index = releases.firstIndex(where: { $0.payment == allocation.payment }) {
                releases[index].numbers.append(allocation.number)
                releases[index].amount += part
                releases[index].staying += staying
            } else {
                releases.append(
                    AllocationRelease(payment: allocation.payment, numbers: [allocation.number], amount: part, staying: staying))
            }
        }
        return releases
    }
}
