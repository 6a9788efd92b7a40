internal import BillingAPI
internal import Platform
internal import Postgres
internal import Resources

/// Money that came: whose, how, and what it is to pay.
struct Arrival: Sendable {
    /// Of which nothing has come yet.
    let row: PaymentRow
    /// Whether the row is to be written first.
    let isNew: Bool
    let tenders: [TenderDraft]
    let total: Money
    let paidOn: CivilDate
    let strategy: AllocationStrategy
    /// It came before, and nobody knew whose it is.
    var receipt: ReceiptRow?
}

extension Payments {
    /// Writes a payment whose money is there: its number, its parts, what it pays, and the journal. The customer and the invoices are held.
    func complete(
        _ arrival: Arrival, among open: OpenInvoices, _ occasion: Occasion, in transaction: borrowing Transaction
    ) async throws -> BillingAPI.Payment {
        let plan = try open.plan(arrival.total, arrival.strategy)
        var row = arrival.row
        let journal = office.clock.newID()
        let posting = Posting(
            id: journal,
            journal: try .paid(
                arrival.tenders.map(\.tender), fromSuspense: arrival.receipt != nil, allocated: open.receivables(plan.allocations),
                advance: plan.remainder, by: row.customer, in: row.currency),
            effectiveOn: arrival.paidOn, document: .init(kind: .payment, id: row.id), postedBy: occasion.caller)

        let series = try NumberSeries(prefix: NumberSeries.paymentPrefix, year: FinancialYear(of: occasion.today))
        let number = try VoucherNumber(try await transaction.one(.drawNumber(of: series)), of: series)

        let allocations = plan.allocations.enumerated().map { index, allocation in
            AllocationRow(of: row.id, number: index + 1, allocation, by: journal, at: occasion.now)
        }
        row.balance = try PaymentBalance(plan)
        row.voucher = PaymentRow.Voucher(number: number.text, paidOn: arrival.paidOn)
        row.allocationCount = allocations.count
        transaction.enqueue(.postJournal(posting))
        if var receipt = arrival.receipt {
            try receipt.become(.matched, at: occasion.now)
            row.receipt = receipt.id
            transaction.enqueue(.updateReceipt(receipt))
        }
        if arrival.isNew {
            row.status = .completed
            transaction.enqueue(.insertPayment(row, number))
        } else {
            try row.become(.completed, at: occasion.now)
            transaction.enqueue(.updatePayment(row, number))
        }
        transaction.enqueue(.insertTenders(arrival.tenders, of: row.id))
        if !allocations.isEmpty {
            transaction.enqueue(.insertAllocations(allocations, at: occasion.now))
            transaction.enqueue(.settleInvoices(plan.allocations, at: occasion.now))
        }
        transaction.tell(.paymentCompleted(row))
        return row.message(
            at: occasion.now, PaymentParts(tenders: arrival.tenders.map { TenderRow($0) }, allocations: allocations, refunds: []))
    }
}
