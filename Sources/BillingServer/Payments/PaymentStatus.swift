/// What a payment is. The words are the database's.
enum PaymentStatus: String, CaseIterable, Sendable {
    /// Also authorised: money that is held and can be captured or let go.
    case pending
    case completed, failed, expired, void
    case partiallyRefunded = "partially_refunded"
    case refunded
    /// It bounced, or was a mistake: as if it had not been.
    case reversed

    var next: Set<PaymentStatus> {
        switch self {
        case .pending: [.completed, .failed, .expired, .void]
        case .completed: [.partiallyRefunded, .refunded, .reversed]
        case .partiallyRefunded: [.refunded]
        case .failed, .expired, .void, .refunded, .reversed: []
        }
    }

    /// - Throws: `illegalTransition`.
    func becoming(_ status: PaymentStatus) throws(BillingError) -> PaymentStatus {
        guard next.contains(status) else { throw .illegalTransition(of: "payment", from: rawValue, to: status.rawValue) }
        return status
    }
}
