internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    func getSubscription(_ request: GetSubscriptionRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        let id = try RecordID(naming: request.id, of: .subscription)
        let (seller, found): (SellerRow?, SubscriptionRow?) = try await office.database.batch(call) { batch in
            (batch.optional(.seller), batch.optional(.subscription(id)))
        }
        guard let found else { throw BillingError.notFound(.subscription, id: request.id) }
        return found.message(on: try office.today(seller, at: office.clock.now()))
    }

    func listSubscriptions(_ request: ListSubscriptionsRequest, _ call: Call) async throws -> ListSubscriptionsReply {
        let page = try office.page(of: "subscriptions", request, call)
        let query = SubscriptionQuery(
            customer: RecordID(request.customerID), plan: RecordID(request.planID), showsCancelled: request.showCancelled)
        let seller: SellerRow? = try await office.database.batch(call) { $0.optional(.seller) }
        let today = try office.today(seller, at: office.clock.now())
        let rows: [SubscriptionRow] = try await office.database.batch(call) {
            $0.all(.subscriptions(query, on: today, after: page.last, limit: page.limit))
        }
        return .with {
            $0.subscriptions = rows.prefix(page.size).map { $0.message(on: today) }
            $0.nextPageToken = page.next(rows, \.id)
        }
    }

    func changePlan(_ request: ChangePlanRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        let id = try RecordID(naming: request.id, of: .subscription)
        let choice = try PlanChoice(request.planID, request.interval, request.addOns)
        return try await office.once(request, call) { transaction in
            let now = office.clock.now()
            var (row, today) = try await held(id, etag: request.etag, at: now, transaction)
            let versions: [PlanRow] = try await transaction.batch { batch in
                batch.enqueue(.sharePlans(choice.plans))
                return batch.all(.planVersions(of: choice.plans))
            }
            let change = try row.change(to: choice, today: today)
            let book = PlanBook(versions)
            try choice.demand(in: book, on: change.from, keeping: Set(row.plans(on: today)))
            row.course = change.course
            row.codes[choice.plan] = try book.known(choice.plan, on: change.from).code
            row.touch(at: now)
            transaction.enqueue(.deleteSubscriptionPhases(of: id, from: change.from))
            if let phase = change.phase { transaction.enqueue(.insertSubscriptionPhase(phase, of: id)) }
            transaction.enqueue(.updateSubscription(row))
            transaction.tell(.subscriptionChanged(row))
            return row.message(on: today)
        }
    }

    func cancelSubscription(_ request: CancelSubscriptionRequest, _ call: Call) async throws -> BillingAPI.Subscription {
        let id = try RecordID(naming: request.id, of: .subscription)
        try PlainText.demand(request.reason, in: "reason", isRequired: true)
        return try await office.database.transaction(call, retries: .onConflict()) { transaction in
            let now = office.clock.now()
            var (row, today) = try await held(id, etag: request.etag, at: now, transaction)
            let end = max(row.billedThrough ?? today, today)
            // What is to come does not; what it is of stays known, also where its trial was all that there was.
            if let next = max(end, row.course.anchoredOn).adding(days: 1) {
                transaction.enqueue(.deleteSubscriptionPhases(of: id, from: next))
                row.course = row.course.ending(before: next)
            }
            row.endsOn = end
            row.cancelReason = request.reason
            row.touch(at: now)
            transaction.enqueue(.updateSubscription(row))
            transaction.tell(.subscriptionCancelled(row))
            return row.message(on: today)
        }
    }

    /// A subscription without an end, of the version that the caller has read, held until the transaction ends.
    private func held(
        _ id: RecordID, etag: String, at now: Instant, _ transaction: borrowing Transaction
    ) async throws -> (row: SubscriptionRow, today: CivilDate) {
        let (found, seller): (SubscriptionRow?, SellerRow?) = try await transaction.batch { batch in
            batch.enqueue(.holdSubscriptions([id]))
            return (batch.optional(.subscription(id)), batch.optional(.seller))
        }
        guard let row = found else { throw BillingError.notFound(.subscription, id: id.description) }
        try Self.demand(etag, row.version, of: .subscription, id)
        try row.demandUnending()
        return (row, try office.today(seller, at: now))
    }
}

extension SubscriptionRow {
    /// What a subscription becomes, from its first day on.
    struct Change {
        let from: CivilDate
        let course: SubscriptionCourse
        /// What is new; nil where it stays what it is, and what was to come does not.
        let phase: SubscriptionPhase?
    }

    /// At once while nothing is billed; else with the first period that is neither billed nor under way.
    ///
    /// - Throws: `dateInvalid` where the calendar ends.
    func change(to choice: PlanChoice, today: CivilDate) throws(BillingError) -> Change {
        guard let billedThrough else {
            let phase = choice.phase(from: course.anchoredOn)
            guard let course = course.following([phase]) else { throw .dateInvalid }
            return Change(from: phase.from, course: course, phase: phase)
        }
        let last = max(billedThrough, today)
        guard let behind = last.adding(days: 1) else { throw .dateInvalid }
        let kept = course.ending(before: behind)
        guard let next = kept.period(after: last) else { throw .dateInvalid }
        let phase = choice.phase(from: next.from)
        let current = kept.phase(on: last)
        guard (current.plan, current.interval) != (phase.plan, phase.interval) || Set(current.addOns) != Set(phase.addOns) else {
            return Change(from: next.from, course: kept, phase: nil)
        }
        guard let course = course.following(kept.phases + [phase]) else { throw .dateInvalid }
        return Change(from: next.from, course: course, phase: phase)
    }

    /// What it is of on a day, and is to be of.
    func plans(on today: CivilDate) -> [RecordID] {
        let current = course.phase(on: today)
        return ([current] + course.phases.filter { $0.from > today }).flatMap { [$0.plan] + $0.addOns.map(\.plan) }
    }
}
