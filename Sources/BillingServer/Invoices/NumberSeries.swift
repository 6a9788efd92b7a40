/// A series of document numbers of one tenant and one financial year, such as `INV2526/000001`.
///
/// At most four characters, four digits of the year, a slash and six or seven digits: sixteen, as Rule 46(b) of the CGST Rules allows.
struct NumberSeries: Hashable, Sendable {
    let prefix: String
    let year: FinancialYear

    /// - Throws: `seriesPrefixInvalid` unless the prefix is 1 to 4 capital letters or digits.
    init(prefix: String, year: FinancialYear) throws(BillingError) {
        guard (1...4).contains(prefix.utf8.count),
            prefix.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { throw .seriesPrefixInvalid }
        self.prefix = prefix
        self.year = year
    }

    /// The number in print.
    ///
    /// - Parameter sequence: 1 for the first.
    /// - Throws: `seriesExhausted` when it has more digits than the sixteen characters leave.
    func number(_ sequence: Int64) throws(BillingError) -> String {
        guard sequence > 0 else { throw .seriesExhausted }
        let digits = String(sequence)
        let number = "\(prefix)\(year)/\(String(repeating: "0", count: max(0, Self.digits - digits.utf8.count)))\(digits)"
        guard number.utf8.count <= Limits.documentNumberBytes else { throw .seriesExhausted }
        return number
    }

    /// The usual ones begin with zeros, so that numbers sort as text.
    private static let digits = 6
}
