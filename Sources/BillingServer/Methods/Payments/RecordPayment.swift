internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Payments {
    func recordPayment(_ request: RecordPaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        let wanted = try RecordedPayment(request)
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let (customer, seller, open) = try await transaction.batch { batch in
                    (
                        batch.optional(.lockCustomer(wanted.customer), as: CustomerRow.self), batch.optional(.seller, as: SellerRow.self),
                        batch.all(lockInvoices(wanted.strategy, of: wanted.customer, in: wanted.total.currency), as: OpenInvoiceRow.self)
                    )
                }
                guard let customer else { throw BillingError.notFound(.customer, id: request.customerID) }
                try customer.demandOpen()
                let occasion = try occasion(seller, call)
                let row = PaymentRow(
                    id: office.clock.newID(), customer: customer.id, currency: wanted.total.currency, note: request.note, at: occasion.now,
                    by: occasion.caller)
                let arrival = Arrival(
                    row: row, isNew: true, tenders: wanted.tenders, total: wanted.total,
                    paidOn: try occasion.day(wanted.paidOn, as: "paid_on"), strategy: wanted.strategy)
                return try await complete(arrival, among: OpenInvoices(open), occasion, in: transaction)
            }
        }
    }
}

/// A payment as it was said and checked.
private struct RecordedPayment: Sendable {
    let customer: RecordID
    let tenders: [TenderDraft]
    let total: Money
    let strategy: AllocationStrategy
    let paidOn: CivilDate?

    /// - Throws: `invalid` with every violation, `currencyMismatch`.
    init(_ request: RecordPaymentRequest) throws(BillingError) {
        var violations = Violations()
        let customer = violations.record("customer_id", request.customerID)
        let total = violations.positive("amount", request.amount)
        let tenders = violations.tenders(request.tenders)
        paidOn = violations.day("paid_on", request.paidOn)
        violations.text("note", request.note, mayHaveLines: true)
        let choice = try AllocationChoice(request.strategy, request.shares, in: total?.currency ?? .inr, &violations)
        guard let customer, let total, let tenders, let choice, violations.isEmpty else { throw .invalid(violations.all) }
        for tender in tenders { _ = try tender.tender.amount.minorUnits(in: total.currency) }
        guard try Tender.total(of: tenders.map(\.tender)) == total else {
            throw .invalid("tenders", "They do not add up to the amount.")
        }
        self.customer = customer
        self.tenders = tenders
        self.total = total
        strategy = choice.strategy
    }
}
