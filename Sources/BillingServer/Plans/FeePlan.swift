/// What a booked meeting costs: a share of the deal's value, less a discount that grows with the number of meetings in the period, and
/// not below or above what the plan says.
struct FeePlan: Hashable, Sendable {
    /// From the meeting after the tier before on, up to this one, each meeting has this discount: marginal, so that one more meeting never
    /// makes the ones before it cheaper.
    struct Tier: Hashable, Sendable {
        /// The last meeting of the period that is in it, 1 for the first. Nil in the last tier.
        let through: Int64?
        let discount: Rate
    }

    let share: Rate
    /// In smallest units.
    let floor: Int64
    let cap: Int64
    private let tiers: [Tier]

    /// - Throws: `amountNotPositive` for a floor below zero, `floorAboveCap`, `tiersNotAscending`.
    init(share: Rate, floor: Int64, cap: Int64, tiers: [Tier] = []) throws(BillingError) {
        guard floor >= 0 else { throw .amountNotPositive }
        guard floor <= cap else { throw .floorAboveCap }
        try TierBounds.check(tiers.map(\.through))
        self.share = share
        self.floor = floor
        self.cap = cap
        self.tiers = tiers
    }

    /// The fee of one meeting, in smallest units.
    ///
    /// - Parameters:
    ///   - dealValue: not below zero, in smallest units.
    ///   - ordinal: which meeting of the period it is, 1 for the first.
    /// - Throws: `amountNotPositive`, `amountOutOfRange`.
    func fee(dealValue: Int64, ordinal: Int64) throws(BillingError) -> Int64 {
        guard dealValue >= 0, ordinal >= 1 else { throw .amountNotPositive }
        let discount = tiers.first { $0.through.map { ordinal <= $0 } ?? true }?.discount ?? .zero
        // One rounding for both shares: two would add up their errors.
        let parts = share.basisPoints * (Rate.whole - discount.basisPoints)
        return min(max(try dealValue.scaled(by: parts, over: Rate.whole * Rate.whole), floor), cap)
    }
}

/// Bounds of tiers ascend from above zero, and only the last may be open.
enum TierBounds {
    /// - Throws: `tiersNotAscending`.
    static func check(_ bounds: [Int64?]) throws(BillingError) {
        var last: Int64 = 0
        for (index, bound) in bounds.enumerated() {
            guard let bound else {
                guard index == bounds.count - 1 else { throw .tiersNotAscending }
                return
            }
            guard bound > last else { throw .tiersNotAscending }
            last = bound
        }
    }
}
