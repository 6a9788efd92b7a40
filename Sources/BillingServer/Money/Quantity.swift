/// How much of something, in thousandths of its unit: 1500 is one and a half kilograms.
struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    let milli: Int64

    static let zero = Quantity(milli: 0)

    /// - Throws: `amountOutOfRange`.
    func adding(_ other: Quantity) throws(BillingError) -> Quantity { Quantity(milli: try milli.plus(other.milli)) }

    /// - Throws: `amountOutOfRange`.
    func subtracting(_ other: Quantity) throws(BillingError) -> Quantity { Quantity(milli: try milli.minus(other.milli)) }

    /// The smallest units that this quantity costs at a price of one unit, half up.
    ///
    /// - Throws: `amountOutOfRange`.
    func value(atUnitPrice minorUnits: Int64) throws(BillingError) -> Int64 { try minorUnits.scaled(by: milli, over: 1_000) }

    /// Such as `1.5`: without zeros at its end.
    var description: String {
        let (whole, part) = milli.magnitude.quotientAndRemainder(dividingBy: 1_000)
        let sign = milli < 0 ? "-" : ""
        guard part > 0 else { return "\(sign)\(whole)" }
        var digits = String(part + 1_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }

    static func < (left: Quantity, right: Quantity) -> Bool { left.milli < right.milli }
}
