/// What counted usage of a period costs, tier by tier: each unit at the price of the tier that it falls into. Included units are a first
/// tier at nothing.
struct UsagePrice: Hashable, Sendable {
    struct Tier: Hashable, Sendable {
        /// The last unit in it. Nil in the last tier.
        let through: Int64?
        /// In smallest units.
        let unitPrice: Int64
    }

    /// What one tier adds to the charge.
    struct Part: Hashable, Sendable {
        let units: Int64
        let unitPrice: Int64
        let amount: Int64
    }

    private let tiers: [Tier]

    /// - Throws: `tiersNotAscending`, also when the last tier has a bound: every unit has a price; `amountNotPositive`.
    init(_ tiers: [Tier]) throws(BillingError) {
        guard let last = tiers.last, last.through == nil else { throw .tiersNotAscending }
        try TierBounds.check(tiers.map(\.through))
        for tier in tiers where tier.unitPrice < 0 { throw .amountNotPositive }
        self.tiers = tiers
    }

    /// The parts of the charge; none is without units.
    ///
    /// - Parameter units: not below zero.
    /// - Throws: `amountNotPositive`, `amountOutOfRange`.
    func parts(of units: Int64) throws(BillingError) -> [Part] { try parts(from: 0, through: units) }

    /// What more units add to the charge of those that are billed already: each stays in the tier that it fell into.
    ///
    /// - Parameter from: not below zero; the first unit is the one behind it.
    /// - Throws: `amountNotPositive` when it ends before it begins, `amountOutOfRange`.
    func parts(from: Int64, through last: Int64) throws(BillingError) -> [Part] {
        guard from >= 0, last >= from else { throw .amountNotPositive }
        var parts: [Part] = []
        var counted = from
        for tier in tiers where counted < last {
            let end = min(last, tier.through ?? last)
            guard end > counted else { continue }
            let within = end - counted
            parts.append(Part(units: within, unitPrice: tier.unitPrice, amount: try tier.unitPrice.scaled(by: within, over: 1)))
            counted = end
        }
        return parts
    }

    /// - Throws: `amountNotPositive`, `amountOutOfRange`.
    func charge(for units: Int64) throws(BillingError) -> Int64 {
        var sum: Int64 = 0
        for part in try parts(of: units) { sum = try sum.plus(part.amount) }
        return sum
    }
}
