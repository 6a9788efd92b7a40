/// What becomes of a meeting's fee. The words are the database's.
enum FeeStatus: String, CaseIterable, Sendable {
    /// From the booking on.
    case pending
    /// The meeting was attended.
    case earned
    /// Nobody came, or it was called off: nothing is owed.
    case void
    /// Once, on one invoice that is not cancelled: with its invoice's cancellation it is earned again.
    case billed
    /// Billed, and given back by a credit note within the window.
    case credited

    var next: Set<FeeStatus> {
        switch self {
        case .pending: [.earned, .void]
        case .earned: [.billed, .void]
        case .billed: [.credited, .earned]
        case .void, .credited: []
        }
    }

    /// - Throws: `illegalTransition`.
    func becoming(_ status: FeeStatus) throws(BillingError) -> FeeStatus {
        guard next.contains(status) else { throw .illegalTransition(of: "fee", from: rawValue, to: status.rawValue) }
        return status
    }

    /// What attendance leads to: only what nobody has told yet is earned by it.
    ///
    /// - Throws: `illegalTransition`.
    func afterAttendance() throws(BillingError) -> FeeStatus {
        guard self == .pending else { throw .illegalTransition(of: "fee", from: rawValue, to: FeeStatus.earned.rawValue) }
        return .earned
    }

    /// What a no-show that is told late leads to: before the bill nothing is owed; after it, a credit note within the window.
    ///
    /// - Throws: `illegalTransition` after the window, and for what is void or credited already.
    func afterNoShow(billedOn: CivilDate?, today: CivilDate, windowDays: Int) throws(BillingError) -> FeeStatus {
        guard self == .billed else { return try becoming(.void) }
        guard let billedOn, let last = billedOn.adding(days: windowDays), today <= last else {
            throw .illegalTransition(of: "fee", from: rawValue, to: FeeStatus.credited.rawValue)
        }
        return try becoming(.credited)
    }
}
