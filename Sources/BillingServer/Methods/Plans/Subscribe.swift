internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    func subscribe(_ request: SubscribeRequest, _ call: Call) async throws -> SubscribeReply {
        let choice = try PlanChoice(request.planID, request.interval, request.addOns)
        let customerID = try RecordID(reading: request.customerID, as: "customer_id")
        guard let funding = FundingName(request.funding) else { throw BillingError.invalid("funding", "This server does not know it.") }
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            let standing = try await standing(of: customerID, choice, at: now, transaction)
            let course = try standing.course(choice, skippingTrial: request.skipTrial)
            var row = SubscriptionRow(
                new: office.clock.newID(), of: standing.customer, funding, course, codes: standing.codes(choice), at: now)
            transaction.enqueue(.insertSubscription(row))
            for phase in course.phases { transaction.enqueue(.insertSubscriptionPhase(phase, of: row.id)) }
            transaction.tell(.subscriptionStarted(row))
            var reply = SubscribeReply()
            if course.trialThrough == nil { reply.bill = try await firstBill(of: &row, call, transaction) }
            reply.subscription = row.message(on: standing.today)
            return reply
        }
    }

    /// What decides whether and how a customer may subscribe; the customer is held, and the plans stay as they are.
    private func standing(
        of customerID: RecordID, _ choice: PlanChoice, at now: Instant, _ transaction: borrowing Transaction
    ) async throws -> SubscriberStanding {
        let (customer, seller, versions): (CustomerRow?, SellerRow?, [PlanRow]) = try await transaction.batch { batch in
            let customer: Pending<CustomerRow?> = batch.optional(.lockCustomer(customerID))
            batch.enqueue(.sharePlans(choice.plans))
            return (customer, batch.optional(.seller), batch.all(.planVersions(of: choice.plans)))
        }
        guard let customer else { throw BillingError.notFound(.customer, id: customerID.description) }
        try customer.demandOpen()
        let today = try office.today(seller, at: now)
        let book = PlanBook(versions)
        try choice.demand(in: book, on: today)
        let history: SubscriptionHistory = try await transaction.one(.subscriptionHistory(of: customer.id, choice.plan, on: today))
        guard !history.isSubscribed else { throw BillingError.customerSubscribed }
        return SubscriberStanding(customer: customer.id, today: today, book: book, hadTrial: history.hadTrial)
    }
}

/// Who subscribes, when, and to what.
private struct SubscriberStanding: Sendable {
    let customer: RecordID
    let today: CivilDate
    let book: PlanBook
    let hadTrial: Bool

    /// Without a trial the first period begins today. What is free anyway needs none.
    ///
    /// - Throws: `dateInvalid` where the calendar ends.
    func course(_ choice: PlanChoice, skippingTrial: Bool) throws(BillingError) -> SubscriptionCourse {
        let days = try book.known(choice.plan, on: today).terms.trialDays
        let hasTrial = days > 0 && !skippingTrial && !hadTrial && !choice.isFree(in: book, on: today)
        guard let anchor = today.adding(days: hasTrial ? days : 0),
            let course = SubscriptionCourse(
                startedOn: today, trialThrough: hasTrial ? anchor.adding(days: -1) : nil, anchoredOn: anchor,
                phases: [choice.phase(from: anchor)])
        else { throw .dateInvalid }
        return course
    }

    func codes(_ choice: PlanChoice) -> [RecordID: String] {
        book.version(of: choice.plan, on: today).map { [choice.plan: $0.code] } ?? [:]
    }
}
