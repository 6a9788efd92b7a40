internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Payments {
    func refundPayment(_ request: RefundPaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        let id = violations.record("id", request.id)
        let amount = violations.positive("amount", request.amount)
        let named = violations.day("refunded_on", request.refundedOn)
        violations.text("reference", request.reference)
        violations.text("reason", request.reason, isRequired: true)
        let method = PaymentMethod(request.method)
        guard let id, let amount, let method, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        let tender = TenderDraft(tender: Tender(method: method, amount: amount), reference: request.reference)
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let customer = try known(try await transaction.optional(.paymentCustomer(id)), of: id)
                let rows = try await transaction.batch { HeldPayment.ask(id, of: customer, &$0) }
                var held = try held(rows, call)
                let occasion = held.occasion
                _ = try amount.minorUnits(in: held.row.currency)
                if held.row.status != .partiallyRefunded { _ = try held.row.status.becoming(.partiallyRefunded) }
                let next = try held.row.balance.refund(amount.minorUnits)
                try held.row.become(next, at: occasion.now)
                let day = try occasion.day(named, as: "refunded_on", notBefore: held.row.voucher?.paidOn)
                let series = try NumberSeries(prefix: NumberSeries.refundPrefix, year: FinancialYear(of: occasion.today))
                let number = try VoucherNumber(try await transaction.one(.drawNumber(of: series)), of: series)
                let journal = office.clock.newID()
                let refund = RefundRow(
                    id: office.clock.newID(), of: id, number: number.text, tender, reason: request.reason, on: day, by: journal)
                transaction.enqueue(
                    .postJournal(
                        Posting(
                            id: journal, journal: try .refunded(tender.tender, to: held.row.customer), effectiveOn: day,
                            document: .init(kind: .refund, id: refund.id), postedBy: occasion.caller)))
                transaction.enqueue(.updatePayment(held.row))
                transaction.enqueue(.insertRefund(refund, number, at: occasion.now, by: occasion.caller))
                transaction.tell(.paymentRefunded(refund))
                held.parts.refunds.append(refund)
                return held.message
            }
        }
    }
}
