internal import BillingAPI

/// What a subscription is. It follows from its days and its bills: it is kept nowhere.
enum SubscriptionStatus: CaseIterable, Sendable {
    case trialing, active, pastDue, suspended, cancelled

    /// What decides it beside the day.
    struct Standing: Hashable, Sendable {
        var endsOn: CivilDate?
        var trialThrough: CivilDate?
        var billedThrough: CivilDate?
        /// When the oldest of its bills is due that is not paid.
        var oldestDue: CivilDate?
        /// Since when it cannot be billed within the credit limit.
        var refusedOn: CivilDate?
    }

    /// As of a day. One that was billed once and that nobody has billed again is active: that is no fault of who pays. One that could not
    /// be billed again since its customer owes too much already is, and it is as one that was billed on that day and is not paid.
    init(_ standing: Standing, on today: CivilDate) {
        if let end = standing.endsOn, end < today {
            self = .cancelled
        } else if let end = standing.trialThrough, today <= end {
            self = .trialing
        } else if standing.billedThrough == nil {
            self = .suspended
        } else if let due = [standing.oldestDue, standing.refusedOn].compactMap(\.self).min(), due < today {
            let isPatient = due.adding(days: Limits.subscriptionGraceDays).map { today <= $0 } ?? true
            self = isPatient ? .pastDue : .suspended
        } else {
            self = .active
        }
    }

    /// What the plan grants is granted. Who is past due has not lost it yet.
    var grantsEntitlements: Bool { [.trialing, .active, .pastDue].contains(self) }

    var message: BillingAPI.SubscriptionStatus {
        switch self {
        case .trialing: .trialing
        case .active: .active
        case .pastDue: .pastDue
        case .suspended: .suspended
        case .cancelled: .cancelled
        }
    }
}
