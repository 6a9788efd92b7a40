/// What a subscription is of from a day on.
struct SubscriptionPhase: Hashable, Sendable {
    struct AddOn: Hashable, Sendable {
        let plan: RecordID
        let count: Int32
    }

    /// The first day of the first period that it holds for.
    let from: CivilDate
    let plan: RecordID
    let interval: BillingIntervalKind
    let addOns: [AddOn]
}

/// The days of a subscription: its trial, its periods, and what it is of in each of them.
struct SubscriptionCourse: Hashable, Sendable {
    let startedOn: CivilDate
    /// The last day of the trial; nil without one.
    let trialThrough: CivilDate?
    /// The first day that is paid for.
    let anchoredOn: CivilDate
    /// By their first days, the first of which is the day that is paid for first.
    let phases: [SubscriptionPhase]
    private let firstPhase: SubscriptionPhase

    /// Nil without a phase.
    init?(startedOn: CivilDate, trialThrough: CivilDate?, anchoredOn: CivilDate, phases: [SubscriptionPhase]) {
        let ordered = phases.sorted { $0.from < $1.from }
        guard let first = ordered.first else { return nil }
        self.startedOn = startedOn
        self.trialThrough = trialThrough
        self.anchoredOn = anchoredOn
        self.phases = ordered
        firstPhase = first
    }

    /// What it is of on a day; in the trial what it is of when the trial is over.
    func phase(on day: CivilDate) -> SubscriptionPhase { phases.last { $0.from <= day } ?? firstPhase }

    /// The trial with all its days, which is never charged; nil without one.
    var trial: DayRange? { trialThrough.flatMap { DayRange(startedOn, $0) } }

    /// The period, or the trial, that a day is in. Nil before the subscription began.
    func period(containing day: CivilDate) -> DayRange? {
        if let trial, trial.from <= day, day <= trial.to { return trial }
        guard day >= anchoredOn else { return nil }
        return periods(of: phase(on: day)).period(containing: day)
    }

    /// The first period that is paid for and begins behind a day; nil for the day means the very first.
    func period(after day: CivilDate?) -> DayRange? {
        guard let day, day >= anchoredOn else { return periods(of: firstPhase).first }
        // Another phase begins where a period ends.
        return period(containing: day)?.to.adding(days: 1).flatMap { period(containing: $0) }
    }

    private func periods(of phase: SubscriptionPhase) -> SubscriptionPeriods {
        SubscriptionPeriods(anchor: anchoredOn, interval: phase.interval, from: phase.from)
    }
}

extension SubscriptionCourse {
    /// The same days with other phases; nil without one.
    func following(_ phases: [SubscriptionPhase]) -> SubscriptionCourse? {
        SubscriptionCourse(startedOn: startedOn, trialThrough: trialThrough, anchoredOn: anchoredOn, phases: phases)
    }

    /// Without the phases that begin on a day or behind it; the first one stays.
    func ending(before day: CivilDate) -> SubscriptionCourse {
        following(phases.filter { $0.from < day }) ?? following(Array(phases.prefix(1))) ?? self
    }
}
