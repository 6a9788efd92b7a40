internal import BillingAPI

/// How long a period is that is paid at once. The words are the database's.
enum BillingIntervalKind: String, CaseIterable, Sendable {
    case month, year

    var months: Int {
        switch self {
        case .month: 1
        case .year: 12
        }
    }

    /// Nil for what this version does not know.
    init?(_ message: BillingInterval) {
        guard let known = Self.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }

    var message: BillingInterval {
        switch self {
        case .month: .month
        case .year: .year
        }
    }
}
