/// A share in basis points, hundredths of a percent: 1800 is 18 %. From nothing to the whole.
struct Rate: Hashable, Comparable, Sendable, CustomStringConvertible {
    let basisPoints: Int64

    static let zero = Rate(known: 0)
    static let whole: Int64 = 10_000

    /// - Throws: `rateOutOfRange` below 0 and above 10000.
    init(basisPoints: Int64) throws(BillingError) {
        guard (0...Self.whole).contains(basisPoints) else { throw .rateOutOfRange }
        self.basisPoints = basisPoints
    }

    private init(known basisPoints: Int64) { self.basisPoints = basisPoints }

    /// This share of an amount, half up.
    func of(_ minorUnits: Int64) throws(BillingError) -> Int64 { try minorUnits.scaled(by: basisPoints, over: Self.whole) }

    /// Half of this share of an amount, half up. Not half of the rounded share: CGST and SGST are two taxes, each with its own rate.
    func half(of minorUnits: Int64) throws(BillingError) -> Int64 { try minorUnits.scaled(by: basisPoints, over: 2 * Self.whole) }

    /// Such as `18 %` or `0.25 %`.
    var description: String { "\(Quantity(milli: basisPoints * 10)) %" }

    static func < (left: Rate, right: Rate) -> Bool { left.basisPoints < right.basisPoints }
}
