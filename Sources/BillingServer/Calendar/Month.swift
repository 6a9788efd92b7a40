/// A month of a calendar year.
struct Month: Hashable, Comparable, Sendable, CustomStringConvertible {
    let first: CivilDate
    let last: CivilDate

    init(of date: CivilDate) {
        first = CivilDate.clamped(year: date.year, month: date.month, day: 1) ?? date
        last = CivilDate.clamped(year: date.year, month: date.month, day: 31) ?? date
    }

    /// - Throws: `dateInvalid` unless the text is `YYYY-MM`.
    init(_ text: String) throws(BillingError) {
        guard text.utf8.count == 7, let date = CivilDate("\(text)-01") else { throw .dateInvalid }
        self.init(of: date)
    }

    func contains(_ date: CivilDate) -> Bool { (first...last).contains(date) }

    /// `YYYY-MM`.
    var description: String { String(first.description.prefix(7)) }

    static func < (left: Month, right: Month) -> Bool { left.first < right.first }
}
