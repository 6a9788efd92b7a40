internal import BillingAPI

/// What a plan is sold as. The words are the database's.
enum PlanKindName: String, CaseIterable, Sendable {
    case base
    case addOn = "add_on"

    /// Nil for what this version does not know.
    init?(_ message: BillingAPI.PlanKind) {
        guard let known = Self.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }

    var message: BillingAPI.PlanKind {
        switch self {
        case .base: .base
        case .addOn: .addOn
        }
    }
}

/// Who pays the first bill of a subscription. The words are the database's.
enum FundingName: String, CaseIterable, Sendable {
    /// What the customer has paid ahead, applied at once.
    case advance
    /// The customer owes it, within a limit.
    case credit

    /// Nil for what this version does not know.
    init?(_ message: BillingAPI.SubscriptionFunding) {
        guard let known = Self.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }

    var message: BillingAPI.SubscriptionFunding {
        switch self {
        case .advance: .advance
        case .credit: .credit
        }
    }
}
