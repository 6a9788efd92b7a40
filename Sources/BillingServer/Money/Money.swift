/// An exact amount: whole smallest units of one currency. Amounts of two currencies meet only in an error.
struct Money: Hashable, Sendable {
    let minorUnits: Int64
    let currency: Currency

    init(minorUnits: Int64, _ currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency) }

    /// - Throws: `currencyMismatch`, `amountOutOfRange`.
    func adding(_ other: Money) throws(BillingError) -> Money {
        try require(other.currency)
        return Money(minorUnits: try minorUnits.plus(other.minorUnits), currency)
    }

    /// - Throws: `currencyMismatch`, `amountOutOfRange`.
    func subtracting(_ other: Money) throws(BillingError) -> Money {
        try require(other.currency)
        return Money(minorUnits: try minorUnits.minus(other.minorUnits), currency)
    }

    /// The amount in a currency that the caller counts on.
    ///
    /// - Throws: `currencyMismatch`.
    func minorUnits(in expected: Currency) throws(BillingError) -> Int64 {
        guard currency == expected else { throw .currencyMismatch(expected: expected, found: currency) }
        return minorUnits
    }

    private func require(_ other: Currency) throws(BillingError) {
        guard currency == other else { throw .currencyMismatch(expected: currency, found: other) }
    }
}
