/// A day of the Gregorian calendar in the years 1 to 9999, in no time zone.
struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    let year: Int
    /// 1 to 12.
    let month: Int
    /// 1 to 31.
    let day: Int

    /// Nil when there is no such day.
    init?(year: Int, month: Int, day: Int) {
        guard Self.years.contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Nil outside the years 1 to 9999.
    ///
    /// - Parameter daysSince1970: the days after 1970-01-01.
    init?(daysSince1970: Int) {
        guard Self.range.contains(daysSince1970) else { return nil }
        // Years begin in March here, so that the leap day is their last one; 719468 days lie between 0000-03-01 and 1970-01-01.
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The day that it is at a moment where clocks are `utcOffsetSeconds` ahead of UTC. Nil outside the years 1 to 9999.
    init?(unixSeconds: Int64, utcOffsetSeconds: Int) {
        let (local, overflow) = unixSeconds.addingReportingOverflow(Int64(utcOffsetSeconds))
        guard !overflow else { return nil }
        let (quotient, remainder) = local.quotientAndRemainder(dividingBy: 86_400)
        self.init(daysSince1970: Int(remainder < 0 ? quotient - 1 : quotient))
    }

    /// Nil unless the text is `YYYY-MM-DD` and such a day exists.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Self.number(parts[0]), let month = Self.number(parts[1]), let day = Self.number(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var weekday: Weekday {
        // 1970-01-01 was a Thursday, the fourth day of ISO's week.
        let number = (daysSince1970 + 3) % 7
        return Weekday.allCases[number < 0 ? number + 7 : number]
    }

    /// Nil outside the years 1 to 9999.
    func adding(days: Int) -> CivilDate? {
        let (sum, overflow) = daysSince1970.addingReportingOverflow(days)
        return overflow ? nil : CivilDate(daysSince1970: sum)
    }

    /// The same day of a later or an earlier month, or the last one of a month that is shorter. Nil outside the years 1 to 9999.
    ///
    /// - Parameter dayOfMonth: the day to aim at instead of this date's, 1 to 31: what began on a 31st returns to it after February.
    func adding(months: Int, dayOfMonth: Int? = nil) -> CivilDate? {
        let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
        guard !overflow, sum >= 12 else { return nil }
        return CivilDate.clamped(year: sum / 12, month: sum % 12 + 1, day: dayOfMonth ?? day)
    }

    /// The day, or the month's last one when the month has fewer. Nil when there is no such month, or for a day outside 1 to 31.
    static func clamped(year: Int, month: Int, day: Int) -> CivilDate? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        return CivilDate(year: year, month: month, day: min(day, days(inMonth: month, of: year)))
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `YYYY-MM-DD`, as ISO 8601 writes it.
    var description: String { "\(String(year + 10_000).dropFirst())-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

    static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// 0001-01-01.
    static let first = CivilDate(known: (1, 1, 1))

    private init(known day: (year: Int, month: Int, day: Int)) { (year, month, self.day) = day }

    private static let years = 1...9_999
    /// 0001-01-01 to 9999-12-31.
    private static let range = -719_162...2_932_896

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        digits.allSatisfy { (0x30...0x39).contains($0) } ? Int(Substring(digits)) : nil
    }
}

enum Weekday: Int, CaseIterable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// How many days after this one `other` comes, 0 to 6.
    func days(until other: Weekday) -> Int { (other.rawValue - rawValue + 7) % 7 }
}
