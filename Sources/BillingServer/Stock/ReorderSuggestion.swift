/// How much to order of what runs low: one and a half times what 30 days sell, at least twice the minimum, at least ten.
enum ReorderSuggestion {
    /// - Returns: nil while more than the minimum is there.
    /// - Throws: `amountOutOfRange`.
    static func quantity(onHand: Quantity, minimum: Quantity, soldIn30Days: Quantity) throws(BillingError) -> Quantity? {
        guard onHand <= minimum else { return nil }
        let velocity = try soldIn30Days.milli.scaled(by: 3, over: 2)
        return Quantity(milli: max(velocity, try minimum.milli.scaled(by: 2, over: 1), 10_000))
    }
}
