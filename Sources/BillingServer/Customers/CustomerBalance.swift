/// What a customer owes and has paid ahead, in one currency.
struct CustomerBalance: Hashable, Sendable {
    let owed: Money
    let advance: Money

    static func none(in currency: Currency) -> CustomerBalance { CustomerBalance(owed: .zero(currency), advance: .zero(currency)) }

    /// What is owed less what was paid ahead, in 128 bits: each fits into 64, their difference need not.
    var net: Int128 { Int128(owed.minorUnits) - Int128(advance.minorUnits) }

    var isSettled: Bool { owed.minorUnits == 0 && advance.minorUnits == 0 }
}
