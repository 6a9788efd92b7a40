internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A subscription as the database keeps it, with all that it was and is to be of.
struct SubscriptionRow: RowDecodable {
    let id: RecordID
    var version: Int64
    /// Who subscribed; somebody else may stand for this customer now.
    let customer: RecordID
    let funding: FundingName
    /// Its days, its periods, and what it is of in each.
    var course: SubscriptionCourse
    /// The last day that is billed; nil while none is.
    var billedThrough: CivilDate?
    /// Since when it cannot be billed within the credit limit; nil while it can.
    var refusedOn: CivilDate?
    /// Its last day, once it is cancelled.
    var endsOn: CivilDate?
    var cancelReason: String
    let createdAt: Instant
    var updatedAt: Instant
    /// When the oldest of its bills is due that is not paid.
    var oldestDue: CivilDate?
    /// What its base plans are called by.
    var codes: [RecordID: String]

    static let columns: SQL = """
        subscription.id AS subscription_id, subscription.version AS subscription_version, subscription.customer_id, funding, started_on,
        trial_through, anchored_on, billed_through, refused_on, ends_on, subscription.cancel_reason, subscription.created_at, subscription.updated_at,
        phase_days, phase_plans, phase_intervals, phase_add_ons, phase_codes, (
            SELECT min(due_on) FROM invoice
            WHERE invoice.tenant_id = subscription.tenant_id AND status IN ('issued', 'partial') AND invoice.id IN (
                SELECT invoice_id FROM bill_line
                WHERE bill_line.tenant_id = subscription.tenant_id AND bill_line.subscription_id = subscription.id
            )
        ) AS oldest_due
        """

    /// What the columns are from.
    static var tables: SQL {
        """
        subscription CROSS JOIN LATERAL (
            SELECT array_agg(from_day ORDER BY from_day) AS phase_days, array_agg(phase.plan_id ORDER BY from_day) AS phase_plans,
                array_agg(billing_interval ORDER BY from_day) AS phase_intervals, array_agg((
                    SELECT coalesce(string_agg(concat(add_on, ' ', count), ',' ORDER BY number), '')
                    FROM unnest(add_on_ids, add_on_counts) WITH ORDINALITY AS each (add_on, count, number)
                ) ORDER BY from_day) AS phase_add_ons, array_agg(plan.code ORDER BY from_day) AS phase_codes
            FROM subscription_phase AS phase JOIN plan ON plan.tenant_id = phase.tenant_id AND plan.id = phase.plan_id
            WHERE phase.tenant_id = subscription.tenant_id AND phase.subscription_id = subscription.id
        ) AS phases
        """
    }

    init(row: Row) throws(PostgresError) {
        id = try row["subscription_id"]
        version = try row["subscription_version"]
        customer = try row["customer_id"]
        let word: String = try row["funding"]
        funding = try Self.known(FundingName(rawValue: word), "funding")
        let (days, plans): ([CivilDate], [RecordID]) = (try row["phase_days"], try row["phase_plans"])
        let (intervals, addOns): ([String], [String]) = (try row["phase_intervals"], try row["phase_add_ons"])
        guard days.count == plans.count, days.count == intervals.count, days.count == addOns.count else {
            throw Self.unknown("phase_days")
        }
        let words: [String] = try row["phase_codes"]
        codes = Dictionary(zip(plans, words)) { first, _ in first }
        var phases: [SubscriptionPhase] = []
        for (index, day) in days.enumerated() {
            phases.append(
                SubscriptionPhase(
                    from: day, plan: plans[index],
                    interval: try Self.known(BillingIntervalKind(rawValue: intervals[index]), "phase_intervals"),
                    addOns: try Self.addOns(addOns[index])))
        }
        course = try Self.known(
            SubscriptionCourse(
                startedOn: try row["started_on"], trialThrough: try row["trial_through"], anchoredOn: try row["anchored_on"], phases: phases
            ),
            "phase_days")
        billedThrough = try row["billed_through"]
        refusedOn = try row["refused_on"]
        endsOn = try row["ends_on"]
        cancelReason = try row["cancel_reason"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        oldestDue = try row["oldest_due"]
    }

    init(
        new id: RecordID, of customer: RecordID, _ funding: FundingName, _ course: SubscriptionCourse, codes: [RecordID: String] = [:],
        at time: Instant
    ) {
        self.id = id
        version = 1
        self.customer = customer
        self.funding = funding
        self.course = course
        self.codes = codes
        cancelReason = ""
        createdAt = time
        updatedAt = time
    }

    private static func addOns(_ text: String) throws(PostgresError) -> [SubscriptionPhase.AddOn] {
        var addOns: [SubscriptionPhase.AddOn] = []
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: " ")
            guard parts.count == 2, let plan = RecordID(String(parts[0])), let count = Int32(parts[1]) else {
                throw unknown("phase_add_ons")
            }
            addOns.append(.init(plan: plan, count: count))
        }
        return addOns
    }

    private static func known<Value>(_ value: Value?, _ column: String) throws(PostgresError) -> Value {
        guard let value else { throw unknown(column) }
        return value
    }

    private static func unknown(_ column: String) -> PostgresError {
        PostgresError(.decoding, "Column \(column) of a subscription holds what this version does not know.", column: column)
    }

    /// The next version of the row.
    mutating func touch(at time: Instant) {
        version += 1
        updatedAt = time.orLater(updatedAt)
    }

    func status(on today: CivilDate) -> SubscriptionStatus {
        SubscriptionStatus(
            .init(
                endsOn: endsOn, trialThrough: course.trialThrough, billedThrough: billedThrough, oldestDue: oldestDue, refusedOn: refusedOn),
            on: today)
    }

    /// - Throws: `subscriptionEnded` for one that has a last day.
    func demandUnending() throws(BillingError) {
        guard endsOn == nil else { throw .subscriptionEnded }
    }

    /// The plans that it was, is or is to be of.
    var plans: [RecordID] { Array(Set(course.phases.flatMap { [$0.plan] + $0.addOns.map(\.plan) })) }

    func message(on today: CivilDate) -> BillingAPI.Subscription {
        let phase = course.phase(on: min(today, endsOn ?? today))
        let period = course.period(containing: today)
        let next = course.phases.first { $0.from > today && $0.from != course.phases.first?.from }
        return .with {
            $0.id = id.description
            $0.customerID = customer.description
            $0.planID = phase.plan.description
            $0.planCode = codes[phase.plan] ?? ""
            $0.interval = phase.interval.message
            $0.addOns = phase.addOns.map(\.message)
            $0.funding = funding.message
            $0.status = status(on: today).message
            $0.startedOn = course.startedOn.description
            $0.trialThrough = course.trialThrough?.description ?? ""
            $0.periodFrom = period?.from.description ?? ""
            $0.periodThrough = period?.to.description ?? ""
            $0.billedThrough = billedThrough?.description ?? ""
            $0.endsOn = endsOn?.description ?? ""
            $0.next = next?.change
            $0.cancelReason = cancelReason
            $0.etag = Etag(version: version).text
            $0.createTime = createdAt.timestamp
            $0.updateTime = updatedAt.timestamp
        }
    }
}

extension SubscriptionPhase.AddOn {
    var message: SubscribedAddOn { .with { ($0.planID, $0.count) = (plan.description, count) } }
}

extension SubscriptionPhase {
    fileprivate var change: SubscriptionChange {
        .with {
            $0.planID = plan.description
            $0.interval = interval.message
            $0.addOns = addOns.map(\.message)
            $0.from = from.description
        }
    }
}
