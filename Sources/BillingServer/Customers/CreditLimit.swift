/// How much a customer may owe.
struct CreditLimit: Hashable, Sendable {
    /// In paise; without one there is no bound.
    let amount: Int64?

    /// - Parameters:
    ///   - balance: what is owed already, less advances; below zero the customer has paid ahead.
    ///   - new: what is to be owed beside it.
    /// - Throws: `creditLimitExceeded` above the limit; what meets it exactly is within.
    func demandRoom(for new: Int64, above balance: Int128) throws(BillingError) {
        guard let amount, balance + Int128(new) > Int128(amount) else { return }
        throw .creditLimitExceeded
    }
}
