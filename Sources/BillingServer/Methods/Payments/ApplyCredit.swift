internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Payments {
    func applyCredit(_ request: ApplyCreditRequest, _ call: Call) async throws -> ApplyCreditReply {
        let key = try IdempotencyKey(call)
        var violations = Violations()
        _ = violations.record("customer_id", request.customerID)
        let currency = Currency(request.currencyCode)
        if currency == nil { violations.add("currency_code", BillingError.currencyUnknown.description) }
        let shares = try violations.shares(request.shares, in: currency ?? .inr)
        guard let currency, let shares, violations.isEmpty else { throw BillingError.invalid(violations.all) }
        return try await posting {
            try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let customerID = RecordID(request.customerID) ?? .none
                let named: AllocationStrategy = shares.isEmpty ? .oldestFirst : .explicit(shares.map(\.allocation))
                let advances: SQL =
                    shares.isEmpty
                    ? .lockAdvances(of: customerID, in: currency, limit: Limits.advancesAtOnce)
                    : .lockPayments(Array(Set(shares.map(\.payment))), of: customerID)
                let (customer, seller, invoices, payments) = try await transaction.batch { batch in
                    (
                        batch.optional(.lockCustomer(customerID), as: CustomerRow.self), batch.optional(.seller, as: SellerRow.self),
                        batch.all(lockInvoices(named, of: customerID, in: currency), as: OpenInvoiceRow.self),
                        batch.all(advances, as: PaymentRow.self)
                    )
                }
                guard let customer else { throw BillingError.notFound(.customer, id: request.customerID) }
                try customer.demandOpen()
                let open = OpenInvoices(invoices)
                let plan = try plan(shares, of: payments, among: open, in: currency)
                return try apply(plan, of: payments, among: open, to: customer.id, in: currency, try occasion(seller, call), transaction)
            }
        }
    }

    private func plan(
        _ shares: [CreditPlan.Share], of payments: [PaymentRow], among open: OpenInvoices, in currency: Currency
    ) throws(BillingError) -> CreditPlan {
        let advances = payments.map {
            Advance(
                payment: $0.id, remainder: $0.balance.unallocated, room: max(0, Limits.paymentAllocations - $0.allocationCount))
        }
        if shares.isEmpty { return try CreditPlan(advances, among: open.invoices(in: currency)) }
        try open.demand(currency, of: shares.map(\.allocation.invoice))
        for payment in payments where payment.currency != currency {
            throw .currencyMismatch(expected: currency, found: payment.currency)
        }
        return try CreditPlan(shares, of: advances, among: open.invoices(in: currency))
    }

    /// A journal for each payment, so that each can be taken back by itself.
    private func apply(
        _ plan: CreditPlan, of payments: [PaymentRow], among open: OpenInvoices, to customer: RecordID, in currency: Currency,
        _ occasion: Occasion, _ transaction: borrowing Transaction
    ) throws -> ApplyCreditReply {
        var reply = ApplyCreditReply()
        reply.applied = BillingAPI.Money(try Int64(checked: plan.total), currency)
        var settled: [Allocation] = []
        for (id, allocations) in plan.shares {
            guard var row = payments.first(where: { $0.id == id }) else { throw BillingError.paymentUnknown(id) }
            let posting = Posting(
                id: office.clock.newID(),
                journal: try .creditApplied(open.receivables(allocations), of: row.customer, in: currency), effectiveOn: occasion.today,
                document: .init(kind: .payment, id: id), postedBy: occasion.caller)
            let rows = allocations.enumerated().map { index, allocation in
                AllocationRow(of: id, number: row.allocationCount + index + 1, allocation, by: posting.id, at: occasion.now)
            }
            for allocation in allocations { try row.balance.allocate(allocation.amount) }
            row.allocationCount += rows.count
            row.touch(at: occasion.now)
            transaction.enqueue(.postJournal(posting))
            transaction.enqueue(.updatePayment(row))
            transaction.enqueue(.insertAllocations(rows, at: occasion.now))
            settled += allocations
            reply.payments.append(row.message(at: occasion.now, PaymentParts(allocations: rows)))
        }
        guard !settled.isEmpty else { return reply }
        transaction.enqueue(.settleInvoices(try settled.byInvoice(), at: occasion.now))
        transaction.tell(.creditApplied(of: customer))
        return reply
    }
}

extension Payments {
    /// Pays an invoice that was just issued with what its customer, who is held, has paid ahead: as much as there is.
    ///
    /// - Returns: how much, in paise.
    func payFromAdvances(
        _ invoice: RecordID, of customer: RecordID, _ occasion: Occasion, _ transaction: borrowing Transaction
    ) async throws -> Int64 {
        let (invoices, payments) = try await transaction.batch {
            (
                $0.all(.lockInvoices([invoice], of: customer), as: OpenInvoiceRow.self),
                $0.all(.lockAdvances(of: customer, in: .inr, limit: Limits.advancesAtOnce), as: PaymentRow.self)
            )
        }
        let open = OpenInvoices(invoices)
        let plan = try plan([], of: payments, among: open, in: .inr)
        return try apply(plan, of: payments, among: open, to: customer, in: .inr, occasion, transaction).applied?.minorUnits ?? 0
    }
}

extension Violations {
    /// Nil, and violations, when one cannot be.
    ///
    /// - Throws: `currencyMismatch`.
    fileprivate mutating func shares(_ messages: [CreditShare], in currency: Currency) throws(BillingError) -> [CreditPlan.Share]? {
        var shares: [CreditPlan.Share] = []
        var pairs: Set<[RecordID]> = []
        for (index, message) in messages.enumerated() {
            let payment = record("shares[\(index)].payment_id", message.paymentID)
            let invoice = record("shares[\(index)].invoice_id", message.invoiceID)
            let amount = positive("shares[\(index)].amount", message.amount)
            guard let payment, let invoice, let amount else { continue }
            if !pairs.insert([payment, invoice]).inserted {
                add("shares[\(index)].invoice_id", BillingError.invoiceRepeated(invoice).description)
            }
            let allocation = Allocation(invoice: invoice, amount: try amount.minorUnits(in: currency))
            shares.append(CreditPlan.Share(payment: payment, allocation: allocation))
        }
        if Set(shares.map(\.payment)).count > Limits.advancesAtOnce {
            add("shares", "They name more than \(Limits.advancesAtOnce) payments.")
        }
        return shares.count == messages.count ? shares : nil
    }
}
