internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension PlanDesk {
    /// All of a call is one transaction, and each subscription a part of it that can be undone by itself. Customers are held first, then
    /// subscriptions, both in the order of their ids; what falls due is found out behind that, so that who comes second finds nothing.
    func runBilling(_ request: RunBillingRequest, _ call: Call) async throws -> BillingAPI.RunBillingReply {
        let month: Month
        do throws(BillingError) {
            month = try Month(request.period)
        } catch {
            throw BillingError.invalid("period", "It is no month: write YYYY-MM.")
        }
        let page = try office.page(of: "billing", request, call)
        let run = BillingRun(month: month, customer: RecordID(request.customerID), page: page, call: call)
        return try await office.once(request, call) { transaction in
            guard request.dryRun else { return try await perform(run, transaction) }
            do {
                return try await transaction.savepoint { throw DryRun(reply: try await perform(run, $0)) }
            } catch let dry as DryRun {
                return dry.reply.blank
            }
        }
    }

    private func perform(_ run: BillingRun, _ transaction: borrowing Transaction) async throws -> RunBillingReply {
        let now = office.clock.now()
        guard let seller: SellerRow = try await transaction.optional(.seller) else { throw BillingError.sellerMissing }
        let today = try office.today(seller, at: now)
        guard run.month.first <= today else { throw BillingError.invalid("period", "The month has not begun where the tenant is.") }
        let days = SubscriptionDues.Days(
            begun: min(today, run.month.last), over: min(today.adding(days: -1) ?? today, run.month.last))
        let occasion = BillingOccasion(call: run.call, now: now, today: today, timeZone: seller.timeZone, days: days)

        let found: [RecordID] = try await transaction.all(
            .dueSubscriptions(days, of: run.customer, after: run.page.last, limit: run.page.limit))
        let ids = Array(found.prefix(run.page.size))
        let (payers, _, rows) = try await transaction.batch {
            (
                $0.all(.lockPayers(ofSubscriptions: ids), as: CustomerRow.self), $0.all(.holdSubscriptions(ids), as: RecordID.self),
                $0.all(.subscriptions(ids), as: SubscriptionRow.self)
            )
        }
        let standing: [MergedCustomer] = try await transaction.all(.payers(of: rows.map(\.customer)))
        let stands = Dictionary(standing.map { ($0.customer, $0.payer) }, uniquingKeysWith: { first, _ in first })

        var reply = RunBillingReply()
        for row in rows {
            // Merged at this very moment: the call is made again.
            guard let payer = payers.first(where: { $0.id == stands[row.customer] }) else { throw RPCError(reason: .serializationConflict) }
            do {
                var billed = row
                let bill: Bill? = try await transaction.savepoint { try await self.bill(&billed, payer: payer, occasion, $0) }
                if let bill { reply.bills.append(bill) }
            } catch let error as BillingError {
                if error == .creditLimitExceeded { note(refusalOf: row, on: today, at: now, transaction) }
                reply.unbilled.append(UnbilledSubscription(row, error))
            } catch let error as PostgresError {
                guard error.constraint != nil, let refusal = BillingError(error) else { throw error }
                reply.unbilled.append(UnbilledSubscription(row, refusal))
            }
        }
        reply.nextPageToken = run.page.next(found, \.self)
        return reply
    }

    /// Who owes too much to be billed again is not granted more for nothing.
    private func note(refusalOf row: SubscriptionRow, on today: CivilDate, at now: Instant, _ transaction: borrowing Transaction) {
        guard row.billedThrough != nil, row.refusedOn == nil else { return }
        var refused = row
        refused.refusedOn = today
        refused.touch(at: now)
        transaction.enqueue(.updateSubscription(refused))
        transaction.tell(.subscriptionChanged(refused))
    }
}

extension RunBillingRequest: PagedRequest {
    var pageSize: Int32 {
        get { subscriptionsMax }
        set { subscriptionsMax = newValue }
    }
}

/// What a call bills.
private struct BillingRun {
    let month: Month
    /// Nil for all.
    let customer: RecordID?
    let page: Page<RecordID>
    let call: Call
}

/// What a run would have done, thrown so that nothing of it stays.
private struct DryRun: Error {
    let reply: RunBillingReply
}

extension RunBillingReply {
    /// Without the names of what is taken back.
    fileprivate var blank: RunBillingReply {
        var reply = self
        for index in reply.bills.indices { (reply.bills[index].invoiceID, reply.bills[index].invoiceNumber) = ("", "") }
        return reply
    }
}

extension UnbilledSubscription {
    fileprivate init(_ row: SubscriptionRow, _ error: BillingError) {
        self.init()
        subscriptionID = row.id.description
        reason = error.reason.rawValue
        message = error.description
    }
}
