import BillingAPI
import Protobuf
import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of plans, subscriptions and usage, for ``StatementTests``.
enum PlanStatements {
    private static let said = PlanTerms.with {
        $0.monthlyPrice = BillingAPI.Money(1, .inr)
        $0.hsn = "998314"
    }

    static let all: [CheckedStatement] = {
        let (id, now) = (RecordID(1), Instant(unixMicroseconds: 0))
        guard let day = CivilDate("2025-10-01"), let period = DayRange(day, day),
            let plan = try? PlanRow(new: id, "solo", "Solo", .base, said, from: day, at: now),
            let course = SubscriptionCourse(
                startedOn: day, trialThrough: nil, anchoredOn: day,
                phases: [SubscriptionPhase(from: day, plan: id, interval: .month, addOns: [.init(plan: id, count: 1)])])
        else { return [] }
        let row = SubscriptionRow(new: id, of: id, .credit, course, at: now)
        return plans(id, day, now, plan) + subscriptions(row, day, now) + overrides(id, day, now) + usage(id, period, now)
    }()

    private static func plans(_ id: RecordID, _ day: CivilDate, _ now: Instant, _ row: PlanRow) -> [CheckedStatement] {
        let hex = said.encoded().map { byte in "\(byte < 16 ? "0" : "")\(String(byte, radix: 16))" }.joined()
        let words = ["plan_kind": "base", "terms": "\\x\(hex)"]
        return [
            CheckedStatement("today", "SELECT \(SQL.today(at: now)) AS today"),
            CheckedStatement("plan", .plan(id, on: day, at: now), PlanRow.self, words: words),
            CheckedStatement("plan", .plan(id, on: nil, at: now), PlanRow.self, words: words),
            CheckedStatement("planVersions", .planVersions(of: [id]), PlanRow.self, words: words),
            CheckedStatement("holdPlan", .holdPlan(id), RecordID.self),
            CheckedStatement("sharePlans", .sharePlans([id]), RecordID.self),
            CheckedStatement("plans", .plans(of: nil, retired: true, after: nil, at: now, limit: 1), PlanRow.self, words: words),
            CheckedStatement("plans", .plans(of: .addOn, retired: false, after: id, at: now, limit: 1), PlanRow.self, words: words),
            CheckedStatement("insertPlan", .insertPlan(row)),
            CheckedStatement("insertPlanVersion", .insertPlanVersion(row, by: "ada", at: now)),
            CheckedStatement("updatePlan", .updatePlan(row)),
            CheckedStatement("grantingPlans", .grantingPlans(of: id, on: day, at: now), PlanRow.self, words: words),
            CheckedStatement("planIntervals", .planIntervals(id, on: day), String.self),
        ]
    }

    /// What columns of a subscription hold: one phase.
    static let words = [
        "funding": "credit", "phase_days": "{2026-01-01}", "phase_plans": "{01890000-0000-7000-8000-000000000000}",
        "phase_intervals": "{month}", "phase_add_ons": "{01890000-0000-7000-8000-000000000000 2}", "phase_codes": "{solo}",
    ]

    private static func subscriptions(_ row: SubscriptionRow, _ day: CivilDate, _ now: Instant) -> [CheckedStatement] {
        let id = row.id
        let query = SubscriptionQuery(customer: id, plan: id)
        return [
            CheckedStatement("holdSubscriptions", .holdSubscriptions([id]), RecordID.self),
            CheckedStatement("subscriptions", .subscriptions([id]), SubscriptionRow.self, words: words),
            CheckedStatement("subscription", .subscription(id), SubscriptionRow.self, words: words),
            CheckedStatement("subscriptionCustomer", .subscriptionCustomer(id), RecordID.self),
            CheckedStatement("subscriptions", .subscriptions(query, on: day, after: id, limit: 1), SubscriptionRow.self, words: words),
            CheckedStatement(
                "subscriptions", .subscriptions(SubscriptionQuery(showsCancelled: true), on: day, after: nil, limit: 1),
                SubscriptionRow.self, words: words),
            CheckedStatement(
                "grantingSubscriptions", .grantingSubscriptions(of: id, on: nil, at: now), SubscriptionRow.self, words: words),
            CheckedStatement("subscriptionHistory", .subscriptionHistory(of: id, id, on: day), SubscriptionHistory.self),
            CheckedStatement("insertSubscription", .insertSubscription(row)),
            CheckedStatement("insertSubscriptionPhase", .insertSubscriptionPhase(row.course.phase(on: day), of: id)),
            CheckedStatement("deleteSubscriptionPhases", .deleteSubscriptionPhases(of: id, from: day)),
            CheckedStatement("updateSubscription", .updateSubscription(row)),
        ]
    }

    private static func overrides(_ id: RecordID, _ day: CivilDate, _ now: Instant) -> [CheckedStatement] {
        [
            CheckedStatement("overrides", .overrides(of: id, on: nil, at: now), OverrideRow.self),
            CheckedStatement("overrides", .overrides(of: id, on: day, at: now), OverrideRow.self),
            CheckedStatement("overrideCount", .overrideCount(of: id, on: day), Int.self),
            CheckedStatement("lockOverride", .lockOverride(id), OverrideRow.self),
            CheckedStatement("endOverride", .endOverride(id, on: day)),
        ]
            + [.isOn(true), .limit(1), .unlimited].map { (value: Entitlements.Value) in
                let override = Entitlements.Override(feature: "sso", value: value, from: day, through: nil)
                return CheckedStatement(
                    "insertOverride", .insertOverride(OverrideRow(new: id, of: id, override, reason: "why", by: "ada", at: now)))
            }
    }

    private static func usage(_ id: RecordID, _ period: DayRange, _ now: Instant) -> [CheckedStatement] {
        let sum = UsageSum(subscription: id, meter: "storage", period: period, units: 1)
        let total = UsageTotalRow(
            subscription: id, meter: "storage", from: period.from, through: period.to, units: 1, billedUnits: 0)
        return [
            CheckedStatement("usageTotals", .usageTotals(of: id, from: period.from), UsageTotalRow.self),
            CheckedStatement("grantedUsage", .grantedUsage(of: id, on: nil, at: now), UsageTotalRow.self),
            CheckedStatement("lockUnbilledUsage", .lockUnbilledUsage(of: id, endedBy: period.to), UsageTotalRow.self),
            CheckedStatement("billUsage", .billUsage(total, through: 1)),
            CheckedStatement("insertUsageEvents", .insertUsageEvents([], at: now), String.self),
            CheckedStatement("usageEvents", .usageEvents(["event-0001"]), UsageEventRow.self),
            CheckedStatement("countUsage", .countUsage([sum])),
            CheckedStatement(
                "usageEvents", .usageEvents(of: id, "storage", from: period.from, after: nil, limit: 1), UsageEventRow.self),
            CheckedStatement(
                "usageEvents",
                .usageEvents(of: id, "storage", from: period.from, after: UsagePlace(at: now, id: "event-0001"), limit: 1),
                UsageEventRow.self),
        ]
    }
}
