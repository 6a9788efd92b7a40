internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Payments {
    func recordReceipt(_ request: RecordReceiptRequest, _ call: Call) async throws -> RecordReceiptReply {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        let amount = violations.positive("amount", request.amount)
        let named = violations.day("received_on", request.receivedOn)
        for (field, text) in [("event_id", request.eventID), ("reference", request.reference), ("payer", request.payer)] {
            violations.text(field, text)
        }
        let method = PaymentMethod(request.method)
        guard let amount, let method, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        let tender = TenderDraft(tender: Tender(method: method, amount: amount), reference: request.reference)
        func attempt() async throws -> RecordReceiptReply {
            try await posting {
                try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                    let intent = RecordID(request.paymentID) ?? .none
                    let (seller, known, asked) = try await transaction.batch { batch in
                        (
                            batch.optional(.seller, as: SellerRow.self),
                            batch.optional(.receipt(from: request.provider, event: request.eventID), as: ReceiptRow.self),
                            batch.optional(.paymentCustomer(intent), as: RecordID.self)
                        )
                    }
                    if let known { return try repetition(of: known, tender) }
                    let occasion = try occasion(seller, call)
                    let day = try occasion.day(named, as: "received_on")
                    // The customer is held before anything is written.
                    var held: HeldPayment?
                    if let asked {
                        let rows = try await transaction.batch { HeldPayment.ask(intent, of: asked, &$0) }
                        held = try self.held(rows, call)
                    }
                    let receipt = try post(request, tender, on: day, occasion, in: transaction)
                    guard let held, held.row.fits(tender.tender.amount, at: occasion.now) else {
                        transaction.tell(.receiptUnmatched(receipt.id))
                        return .with { $0.receipt = receipt.message }
                    }
                    let open: [OpenInvoiceRow] = try await transaction.all(
                        lockInvoices(.oldestFirst, of: held.payer, in: tender.tender.amount.currency))
                    let arrival = Arrival(
                        row: held.row, isNew: false, tenders: [tender], total: tender.tender.amount, paidOn: day, strategy: .oldestFirst,
                        receipt: receipt)
                    let payment = try await complete(arrival, among: OpenInvoices(open), occasion, in: transaction)
                    return .with {
                        $0.receipt = receipt.message
                        $0.receipt?.status = .matched
                        $0.payment = payment
                    }
                }
            }
        }
        do {
            return try await attempt()
        } catch let error as PostgresError where error.constraint == "payment_receipt_event" {
            // Somebody else has told of it at this very moment: now it is known.
            return try await attempt()
        }
    }

    /// - Throws: `receiptDiffers` when the event was told with another amount, currency or method.
    private func repetition(of known: ReceiptRow, _ tender: TenderDraft) throws(BillingError) -> RecordReceiptReply {
        guard known.tender.tender == tender.tender else { throw .receiptDiffers }
        return .with { ($0.receipt, $0.isDuplicate) = (known.message, true) }
    }

    /// Puts the money into suspense.
    private func post(
        _ request: RecordReceiptRequest, _ tender: TenderDraft, on day: CivilDate, _ occasion: Occasion,
        in transaction: borrowing Transaction
    ) throws(BillingError) -> ReceiptRow {
        let posting = Posting(
            id: office.clock.newID(), journal: try .received(tender.tender), effectiveOn: day,
            document: .init(kind: .payment, id: office.clock.newID()), postedBy: occasion.caller)
        let receipt = ReceiptRow(
            id: posting.document.id, from: request.provider, event: request.eventID, tender, on: day, payer: request.payer,
            journal: posting.id, at: occasion.now, by: occasion.caller)
        transaction.enqueue(.postJournal(posting))
        transaction.enqueue(.insertReceipt(receipt))
        return receipt
    }

    func matchUnmatched(_ request: MatchUnmatchedRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        _ = violations.record("receipt_id", request.receiptID)
        _ = violations.record("customer_id", request.customerID)
        guard violations.isEmpty else { throw BillingError.invalid(violations.all) }
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let (customerID, receiptID) = (RecordID(request.customerID) ?? .none, RecordID(request.receiptID) ?? .none)
                let (customer, seller, receipt) = try await transaction.batch { batch in
                    (
                        batch.optional(.lockCustomer(customerID), as: CustomerRow.self), batch.optional(.seller, as: SellerRow.self),
                        batch.optional(.lockReceipt(receiptID), as: ReceiptRow.self)
                    )
                }
                guard let customer else { throw BillingError.notFound(.customer, id: request.customerID) }
                guard let receipt else { throw BillingError.notFound(.receipt, id: request.receiptID) }
                try customer.demandOpen()
                _ = try receipt.status.becoming(.matched)
                let total = receipt.tender.tender.amount
                var violations = Violations()
                let choice = try AllocationChoice(request.strategy, request.shares, in: total.currency, &violations)
                guard let choice else { throw BillingError.invalid(violations.all) }
                let occasion = try occasion(seller, call)
                let open: [OpenInvoiceRow] = try await transaction.all(lockInvoices(choice.strategy, of: customerID, in: total.currency))
                let row = PaymentRow(
                    id: office.clock.newID(), customer: customer.id, currency: total.currency, note: request.note, at: occasion.now,
                    by: occasion.caller)
                // It is the customer's since somebody has said so: the day on which it came may be in a closed month.
                let arrival = Arrival(
                    row: row, isNew: true, tenders: [receipt.tender], total: total, paidOn: occasion.today, strategy: choice.strategy,
                    receipt: receipt)
                return try await complete(arrival, among: OpenInvoices(open), occasion, in: transaction)
            }
        }
    }
}

extension PaymentRow {
    /// Whether money that came is what was asked for with it.
    fileprivate func fits(_ money: Money, at time: Instant) -> Bool {
        guard status(at: time) == .pending, let hold else { return false }
        return money.currency == currency && money.minorUnits <= hold.amount
    }
}
