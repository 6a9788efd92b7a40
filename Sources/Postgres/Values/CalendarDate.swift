/// A day of the proleptic Gregorian calendar, as a `date` column keeps it. `infinity` and `-infinity` are refused when they are read.
public struct CalendarDate: PostgresValue, Hashable, Comparable, CustomStringConvertible {
    /// 0 is 1 BC.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// Nil for a day that no calendar has. PostgreSQL's own limits (4713 BC to 5874897) are for PostgreSQL to check.
    public init?(year: Int, month: Int, day: Int) {
        guard (-10_000...6_000_000).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard day <= length else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// `daysSince2000` is what PostgreSQL counts in. The year begins in March here, so that the leap day is its last.
    private init(daysSince2000: Int) {
        let days = daysSince2000 + Self.daysBefore2000
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var daysSince2000: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.daysBefore2000
    }

    /// From the first of March of year 0.
    private static let daysBefore2000 = 730_425

    /// `2026-07-31`, as ISO 8601 has it.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number.magnitude)
            return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    // MARK: PostgreSQL

    public static var type: PostgresType { .date }

    public func encode(into bytes: inout [UInt8]) {
        // One that does not fit is beyond what PostgreSQL takes as well; the ends stand for the infinities.
        bytes.append(bigEndian: min(max(Int32(clamping: daysSince2000), .min + 1), .max - 1))
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let days = Int32(bigEndian: bytes), days != .min, days != .max else { return nil }
        self.init(daysSince2000: Int(days))
    }
}

extension CalendarDate: PostgresElement {
    public static var arrayType: PostgresType { .dateArray }
}
