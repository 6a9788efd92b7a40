internal import Postgres

extension BillingError {
    /// What a constraint means to who issues, cancels or credits, where a rule cannot be looked at before: somebody else may change what it is
    /// about in between. Nil where it is the server's own mistake.
    init?(invoicing error: PostgresError) {
        switch error.constraint {
        case "stock_batch_on_hand", "stock_batch_value", "stock_movement_on_hand": self = .insufficientStock(available: .zero)
        case "credit_note_within": self = .nothingToCredit
        default:
            guard let refusal = BillingError(posting: error) else { return nil }
            self = refusal
        }
    }
}
