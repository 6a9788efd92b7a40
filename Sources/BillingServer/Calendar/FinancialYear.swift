/// An Indian financial year: it begins on the first of April, in the time zone of whose year it is.
struct FinancialYear: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The calendar year in which it begins.
    let startYear: Int

    /// Nil outside the years 1 to 9998.
    init?(startYear: Int) {
        guard (1...9_998).contains(startYear) else { return nil }
        self.startYear = startYear
    }

    /// The year that a day lies in. The day is the tenant's own: at 01:00 of April in Kolkata it is March still in UTC.
    init(of date: CivilDate) { startYear = date.month >= 4 ? date.year : date.year - 1 }

    func contains(_ date: CivilDate) -> Bool { FinancialYear(of: date) == self }

    /// Four digits, two of either calendar year: `2526` for 2025-26.
    var description: String { CivilDate.twoDigits(startYear % 100) + CivilDate.twoDigits((startYear + 1) % 100) }

    static func < (left: FinancialYear, right: FinancialYear) -> Bool { left.startYear < right.startYear }
}
