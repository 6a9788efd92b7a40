/// A discount on a line or on a whole bill.
enum Discount: Hashable, Sendable {
    case none
    case percent(Rate)
    /// In smallest units.
    case flat(Int64)

    /// What it takes from a value, in smallest units.
    ///
    /// - Parameter value: not below zero.
    /// - Throws: `discountExceedsValue`, `amountNotPositive` for a negative discount.
    func amount(from value: Int64) throws(BillingError) -> Int64 {
        switch self {
        case .none:
            return 0
        case .percent(let rate):
            return try rate.of(value)
        case .flat(let amount):
            guard amount >= 0 else { throw .amountNotPositive }
            guard amount <= value else { throw .discountExceedsValue }
            return amount
        }
    }
}
