internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Payments {
    func authorizePayment(_ request: AuthorizePaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        _ = violations.record("customer_id", request.customerID)
        let amount = violations.positive("amount", request.amount)
        let until = request.expiresAt.flatMap { Instant($0) }
        if until == nil { violations.add("expires_at", Instant.flaw) }
        let method = PaymentMethod(request.method)
        violations.text("reference", request.reference)
        violations.text("note", request.note, mayHaveLines: true)
        guard let amount, let until, let method, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        return try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
            let customerID = RecordID(request.customerID) ?? .none
            let (customer, seller) = try await transaction.batch { batch in
                (batch.optional(.lockCustomer(customerID), as: CustomerRow.self), batch.optional(.seller, as: SellerRow.self))
            }
            guard let customer else { throw BillingError.notFound(.customer, id: request.customerID) }
            try customer.demandOpen()
            let occasion = try occasion(seller, call)
            let longest = occasion.now.unixMicroseconds + Int64(Limits.holdDays) * 86_400_000_000
            guard until > occasion.now, until.unixMicroseconds <= longest else {
                throw BillingError.invalid("expires_at", "A hold ends in the future, at most \(Limits.holdDays) days from now.")
            }
            let hold = PaymentRow.Hold(amount: amount.minorUnits, method: method, reference: request.reference, until: until)
            let row = PaymentRow(
                id: office.clock.newID(), customer: customer.id, currency: amount.currency, hold: hold, note: request.note,
                at: occasion.now,
                by: occasion.caller)
            // Whoever comes by notes what is over.
            transaction.enqueue(.expireHolds(of: customer.id, at: occasion.now))
            transaction.enqueue(.insertPayment(row, nil))
            transaction.enqueue(ExpiryJobs.expiring(ExpiryJobs.hold, row.id, at: until))
            return row.message(at: occasion.now, PaymentParts())
        }
    }

    func capturePayment(_ request: CapturePaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        let id = violations.record("id", request.id)
        let amount = request.amount == nil ? nil : violations.positive("amount", request.amount)
        guard let id, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        do {
            return try await posting {
                try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                    let customer = try known(try await transaction.optional(.paymentCustomer(id)), of: id)
                    let rows = try await transaction.batch { HeldPayment.ask(id, of: customer, &$0) }
                    let held = try held(rows, call)
                    let total = try held.row.capturable(amount, at: held.occasion.now)
                    var violations = Violations()
                    let choice = try AllocationChoice(request.strategy, request.shares, in: total.currency, &violations)
                    guard let choice else { throw BillingError.invalid(violations.all) }
                    let open: [OpenInvoiceRow] = try await transaction.all(
                        lockInvoices(choice.strategy, of: held.payer, in: total.currency))
                    let arrival = Arrival(
                        row: held.row, isNew: false, tenders: held.row.tenders(of: total), total: total, paidOn: held.occasion.today,
                        strategy: choice.strategy)
                    return try await complete(arrival, among: OpenInvoices(open), held.occasion, in: transaction)
                }
            }
        } catch let error as BillingError {
            try await noteExpiry(of: id, error, call)
            throw error
        }
    }

    func voidPayment(_ request: VoidPaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let id = try RecordID(reading: request.id, as: "id")
        try PlainText.demand(request.reason, in: "reason")
        do {
            return try await office.database.transaction(call, retries: .onConflict()) { transaction in
                let customer = try known(try await transaction.optional(.paymentCustomer(id)), of: id)
                let rows = try await transaction.batch { HeldPayment.ask(id, of: customer, &$0) }
                var held = try held(rows, call)
                try held.row.demandUnexpired(at: held.occasion.now)
                try held.row.become(request.isFailed ? .failed : .void, at: held.occasion.now)
                held.row.endReason = request.reason
                transaction.enqueue(.updatePayment(held.row))
                return held.message
            }
        } catch let error as BillingError {
            try await noteExpiry(of: id, error, call)
            throw error
        }
    }

    /// A hold that is found to be over is noted, in a transaction of its own, since the one that found it is rolled back.
    private func noteExpiry(of id: RecordID, _ error: BillingError, _ call: Call) async throws {
        guard case .holdExpired = error else { return }
        _ = try await office.database.batch(call) { $0.execute(.expireHold(id, at: office.clock.now())) }
    }
}

extension PaymentRow {
    /// What is captured of it.
    ///
    /// - Throws: `holdExpired`, `illegalTransition` unless it is pending, `currencyMismatch`, `holdTooSmall`.
    func capturable(_ wanted: Money?, at time: Instant) throws(BillingError) -> Money {
        try demandUnexpired(at: time)
        _ = try status.becoming(.completed)
        guard let hold else { throw .illegalTransition(of: "payment", from: status.rawValue, to: PaymentStatus.completed.rawValue) }
        let amount = try wanted?.minorUnits(in: currency) ?? hold.amount
        guard amount <= hold.amount else { throw .holdTooSmall }
        return Money(minorUnits: amount, currency)
    }

    /// What a hold that is over is told by, whether or not anybody has noted that it is.
    ///
    /// - Throws: `holdExpired`.
    func demandUnexpired(at time: Instant) throws(BillingError) {
        if let hold, status(at: time) == .expired { throw .holdExpired(at: hold.until) }
    }

    /// How what was held comes.
    func tenders(of total: Money) -> [TenderDraft] {
        guard let hold else { return [] }
        return [TenderDraft(tender: Tender(method: hold.method, amount: total), reference: hold.reference)]
    }
}
