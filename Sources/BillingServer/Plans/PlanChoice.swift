internal import BillingAPI
internal import Resources

/// What a customer wants to be subscribed to, as it was said.
struct PlanChoice: Hashable, Sendable {
    let plan: RecordID
    let interval: BillingIntervalKind
    /// Each once.
    let addOns: [SubscriptionPhase.AddOn]

    /// - Throws: `invalid` with every violation.
    init(_ plan: String, _ interval: BillingInterval, _ messages: [SubscribedAddOn]) throws(BillingError) {
        var violations = Violations()
        let base = violations.record("plan_id", plan)
        let kind = BillingIntervalKind(interval)
        if kind == nil { violations.add("interval", "This server does not know it.") }
        var addOns: [SubscriptionPhase.AddOn] = []
        for (index, message) in messages.enumerated() {
            guard let id = violations.record("add_ons[\(index)].plan_id", message.planID) else { continue }
            if addOns.contains(where: { $0.plan == id }) { violations.add("add_ons[\(index)].plan_id", "The add-on is named twice.") }
            if !(1...1_000).contains(message.count) { violations.add("add_ons[\(index)].count", "It is 1 to 1000.") }
            addOns.append(.init(plan: id, count: message.count))
        }
        guard let base, let kind, violations.isEmpty else { throw .invalid(violations.all) }
        (self.plan, self.interval, self.addOns) = (base, kind, addOns)
    }

    var plans: [RecordID] { [plan] + addOns.map(\.plan) }

    /// Checks that all of it is sold this way on a day.
    ///
    /// - Parameter kept: what the subscription is of already, and may stay of when it is sold no more.
    /// - Throws: `notFound`, `invalid`, `planRetired`, `planNotSold`.
    func demand(in book: PlanBook, on day: CivilDate, keeping kept: Set<RecordID> = []) throws(BillingError) {
        for (index, id) in plans.enumerated() {
            let version = try book.known(id, on: day)
            if index == 0, version.kind != .base { throw .invalid("plan_id", "It is an add-on: name what it is added to.") }
            if index > 0, version.kind != .addOn { throw .invalid("add_ons[\(index - 1)].plan_id", "It is no add-on.") }
            if version.isRetired, !kept.contains(id) { throw .planRetired }
            guard version.terms.prices[interval] != nil else { throw .planNotSold(interval) }
        }
    }

    /// Whether nothing of it costs anything for a period.
    func isFree(in book: PlanBook, on day: CivilDate) -> Bool {
        plans.allSatisfy { (book.version(of: $0, on: day)?.terms.prices[interval] ?? 0) == 0 }
    }

    func phase(from day: CivilDate) -> SubscriptionPhase { SubscriptionPhase(from: day, plan: plan, interval: interval, addOns: addOns) }
}
