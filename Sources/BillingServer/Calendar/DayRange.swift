internal import Resources

/// Days from a first to a last one, both within.
struct DayRange: Hashable, Sendable {
    let from: CivilDate
    let to: CivilDate

    /// Nil when it ends before it begins.
    init?(_ from: CivilDate, _ to: CivilDate) {
        guard from <= to else { return nil }
        (self.from, self.to) = (from, to)
    }

    func contains(_ day: CivilDate) -> Bool { from <= day && day <= to }

    /// Reads a request's fields `from` and `to`.
    ///
    /// - Throws: `invalid`, `dateRangeTooWide`.
    init(from: String, to: String, atMost days: Int) throws(BillingError) {
        var violations = Violations()
        let first = violations.reading("from") { () throws(BillingError) in try CivilDate(field: from) }
        let last = violations.reading("to") { () throws(BillingError) in try CivilDate(field: to) }
        if let first, let last, last < first { violations.add("to", "It is before the first day.") }
        guard let first, let last, violations.isEmpty else { throw .invalid(violations.all) }
        guard last.daysSince1970 - first.daysSince1970 < days else { throw .dateRangeTooWide(days: days) }
        (self.from, self.to) = (first, last)
    }
}

extension CivilDate {
    /// - Throws: `dateInvalid`.
    init(field text: String) throws(BillingError) {
        guard let date = CivilDate(text) else { throw .dateInvalid }
        self = date
    }
}
