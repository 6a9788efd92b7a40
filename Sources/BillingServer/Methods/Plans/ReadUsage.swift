internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension PlanDesk {
    func getUsage(_ request: GetUsageRequest, _ call: Call) async throws -> GetUsageReply {
        let (subscription, period) = try await period(of: request.subscriptionID, on: request.on, call)
        let phase = subscription.course.phase(on: period.from)
        let (versions, totals): ([PlanRow], [UsageTotalRow]) = try await office.database.batch(call) { batch in
            (batch.all(.planVersions(of: [phase.plan])), batch.all(.usageTotals(of: subscription.id, from: period.from)))
        }
        // A trial costs nothing, also of what is counted in it. What it is of is known, as it stands then.
        let isTrial = period == subscription.course.trial
        let terms = try PlanBook(versions).known(phase.plan, on: period.from).terms
        var reply = GetUsageReply()
        for meter in Set(terms.meters.map(\.meter)).union(totals.map(\.meter)).sorted() {
            let total = totals.first { $0.meter == meter }
            let price = isTrial ? nil : terms.meter(meter)?.price
            reply.usages.append(
                try BillingAPI.Usage(meter, in: period, units: total?.units ?? 0, billed: total?.billedUnits ?? 0, price))
        }
        return reply
    }

    func listUsageEvents(_ request: ListUsageEventsRequest, _ call: Call) async throws -> ListUsageEventsReply {
        let page = try office.page(of: "usage events", request, call) { (text) -> UsagePlace? in UsagePlace(text) }
        let (subscription, period) = try await period(of: request.subscriptionID, on: request.on, call)
        let rows: [UsageEventRow] = try await office.database.batch(call) {
            $0.all(.usageEvents(of: subscription.id, request.meter, from: period.from, after: page.last, limit: page.limit))
        }
        return .with {
            $0.events = rows.prefix(page.size).map(\.message)
            $0.nextPageToken = page.next(rows) { UsagePlace(at: $0.usedAt, id: $0.transactionID).description }
        }
    }

    /// A subscription, and its period that a named day or today is in.
    private func period(of id: String, on text: String, _ call: Call) async throws -> (subscription: SubscriptionRow, period: DayRange) {
        let (subscriptionID, named) = (try RecordID(naming: id, of: .subscription), try CivilDate.reading(text, as: "on"))
        let (seller, found): (SellerRow?, SubscriptionRow?) = try await office.database.batch(call) { batch in
            (batch.optional(.seller), batch.optional(.subscription(subscriptionID)))
        }
        guard let found else { throw BillingError.notFound(.subscription, id: id) }
        let day = try named ?? office.today(seller, at: office.clock.now())
        guard let period = found.course.period(containing: day) else {
            throw BillingError.invalid("on", "The subscription had not begun on this day.")
        }
        return (found, period)
    }
}

/// Where a page of events ends.
struct UsagePlace: Hashable, Sendable, CustomStringConvertible {
    let at: Instant
    let id: String

    init(at: Instant, id: String) { (self.at, self.id) = (at, id) }

    /// Nil for what is no place.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let time = Int64(parts[0]) else { return nil }
        (at, id) = (Instant(unixMicroseconds: time), String(parts[1]))
    }

    var description: String { "\(at.unixMicroseconds) \(id)" }
}
