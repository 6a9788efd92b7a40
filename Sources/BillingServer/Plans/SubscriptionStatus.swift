/// What a subscription is. The words are the database's.
enum SubscriptionStatus: String, CaseIterable, Sendable {
    case trialing, active
    case pastDue = "past_due"
    case suspended, cancelled

    var next: Set<SubscriptionStatus> {
        switch self {
        case .trialing: [.active, .cancelled]
        case .active: [.pastDue, .cancelled]
        case .pastDue: [.active, .suspended, .cancelled]
        case .suspended: [.active, .cancelled]
        case .cancelled: []
        }
    }

    /// What the plan grants is granted. Who is past due has not lost it yet.
    var grantsEntitlements: Bool { [.trialing, .active, .pastDue].contains(self) }

    /// - Throws: `illegalTransition`.
    func becoming(_ status: SubscriptionStatus) throws(BillingError) -> SubscriptionStatus {
        guard next.contains(status) else { throw .illegalTransition(of: "subscription", from: rawValue, to: status.rawValue) }
        return status
    }
}
