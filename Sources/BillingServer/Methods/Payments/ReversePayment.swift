internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Payments {
    func reversePayment(_ request: ReversePaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        let id = violations.record("id", request.id)
        let named = violations.day("reversed_on", request.reversedOn)
        violations.text("reason", request.reason, isRequired: true)
        guard let id, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let customer = try known(try await transaction.optional(.paymentCustomer(id)), of: id)
                let rows = try await transaction.batch { HeldPayment.ask(id, of: customer, &$0) }
                var held = try held(rows, call)
                let now = held.occasion.now
                try held.row.become(.reversed, at: now)
                held.row.balance.reverse()
                held.row.endReason = request.reason
                let day = try held.occasion.day(named, as: "reversed_on", notBefore: held.row.voucher?.paidOn)
                let standing: [StandingLineRow] = try await transaction.all(.standingJournals(of: .init(kind: .payment, id: id)))
                let reversals = try reverse(standing, of: id, on: day, held.occasion, in: transaction)

                let live = held.parts.allocations.filter(\.isLive)
                if !live.isEmpty {
                    // Held in their order, without another round trip.
                    transaction.enqueue(.lockInvoices(live.map(\.allocation.invoice), of: held.payer))
                    transaction.enqueue(.settleInvoices(try live.map(\.allocation).byInvoice().negated, at: now))
                }
                for (journal, allocations) in Dictionary(grouping: live, by: \.journal) {
                    guard let reversal = reversals[journal] else { throw BillingError.notFound(.journal, id: journal.description) }
                    transaction.enqueue(.releaseAllocations(allocations.map(\.number), of: id, by: reversal, at: now))
                }
                transaction.enqueue(.updatePayment(held.row))
                if let receiptID = held.row.receipt {
                    // Money that bounced is nobody's any more; what was another's is in suspense again.
                    var receipt: ReceiptRow = try await transaction.one(.lockReceipt(receiptID))
                    let posted: [StandingLineRow] = try await transaction.all(
                        .standingJournals(of: .init(kind: .payment, id: receiptID)))
                    if request.cause == .bounced { _ = try reverse(posted, of: receiptID, on: day, held.occasion, in: transaction) }
                    try receipt.become(request.cause == .bounced ? .reversed : .unmatched, at: now)
                    transaction.enqueue(.updateReceipt(receipt))
                }
                transaction.tell(.paymentReversed(held.row))
                for index in held.parts.allocations.indices where held.parts.allocations[index].isLive {
                    held.parts.allocations[index].releasedAt = now
                }
                return held.message
            }
        }
    }

    /// Reverses journals of a payment or a receipt.
    ///
    /// - Returns: by journal, the one that reverses it.
    private func reverse(
        _ standing: [StandingLineRow], of document: RecordID, on day: CivilDate, _ occasion: Occasion, in transaction: borrowing Transaction
    ) throws(BillingError) -> [RecordID: RecordID] {
        var reversals: [RecordID: RecordID] = [:]
        var first = standing.startIndex
        while first < standing.endIndex {
            let journal = standing[first].journal
            let lines = standing[first...].prefix { $0.journal == journal }
            let posted = Posting(
                id: journal, journal: try Journal(lines.map(\.line)), effectiveOn: day, document: .init(kind: .payment, id: document),
                postedBy: occasion.caller)
            let reversal = posted.reversal(id: office.clock.newID(), effectiveOn: day, by: occasion.caller)
            transaction.enqueue(.postJournal(reversal))
            reversals[journal] = reversal.id
            first = lines.endIndex
        }
        return reversals
    }
}
