/// Times in the five fields of cron: minute, hour, day of the month, month, day of the week. Each is `*`, a number, a range `a-b`, a step
/// `*/n` or `a-b/n`, or several of these with commas. Months and weekdays may be named (`JAN`, `MON`); Sunday is 0 and 7. When both kinds of
/// days are restricted, a day that is either will do, as in every cron.
///
/// In a zone with daylight saving time: a local time that clocks are set forward over takes place at the first instant after it, and one that
/// comes twice takes place the first time. With `*` for the hour times are counted, not named: they take place as long as it is that time, in
/// both of two hours and in none that is left out.
public struct CronExpression: Sendable, Hashable {
    /// In order.
    private let minutes: [Int]
    private let hours: [Int]
    private let days: Set<Int>
    private let months: Set<Int>
    private let weekdays: Set<Int>
    private let isEveryHour: Bool
    private let isEveryDay: Bool
    private let isEveryWeekday: Bool

    public init(_ text: String) throws(ScheduleError) {
        let fields = text.split(separator: " ").map(String.init)
        guard fields.count == 5 else { throw .cron(text, "It has five fields: minute, hour, day, month, weekday.") }
        minutes = try Self.parse(fields[0], 0...59, in: text).sorted()
        hours = try Self.parse(fields[1], 0...23, in: text).sorted()
        days = try Self.parse(fields[2], 1...31, in: text)
        months = try Self.parse(fields[3], 1...12, in: text, names: Self.monthNames, from: 1)
        weekdays = Set(try Self.parse(fields[4], 0...7, in: text, names: Self.weekdayNames, from: 0).map { $0 % 7 })
        isEveryHour = fields[1] == "*"
        isEveryDay = fields[2].hasPrefix("*")
        isEveryWeekday = fields[4].hasPrefix("*")
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard !isEveryWeekday || months.contains(where: { month in days.contains { $0 <= longest[month - 1] } }) else {
            throw .cron(text, "No month that it names has such a day.")
        }
    }

    /// The first time after one, both in seconds since 1970; nil when there is none within the next nine years.
    func next(after time: Int64, in zone: ZoneHistory) -> Int64? {
        let today = CivilDate.day(of: time + zone.offset(at: time))
        // From yesterday on: clocks that are set back over midnight make two of a day's times late.
        for number in today - 1...today + Self.searchDays where matches(day: number) {
            if let found = first(of: number, after: time, in: zone) { return found }
        }
        return nil
    }

    /// The first of a day's times after one. Of all its minutes only those are looked at that the zone's offsets around that day leave in
    /// doubt: the next one, and on a day on which clocks are set those of the hour that is skipped or repeated.
    private func first(of day: Int, after time: Int64, in zone: ZoneHistory) -> Int64? {
        let midnight = Int64(day) * CivilDate.secondsPerDay
        var (least, most) = (Int64.max, Int64.min)
        for days: Int64 in -1...2 {
            let offset = zone.offset(at: midnight + days * CivilDate.secondsPerDay)
            least = min(least, offset)
            most = max(most, offset)
        }
        // An instant of a local time lies between the readings of that time by both offsets.
        let begin = time + least - midnight
        var best: Int64?
        for hour in hours where Int64(hour + 1) * 3_600 > begin {
            for minute in minutes {
                let second = Int64(hour * 3_600 + minute * 60)
                guard second > begin else { continue }
                if let best, midnight + second - most >= best { return best }
                for found in instants(of: midnight + second, in: zone) where found > time { best = min(best ?? found, found) }
            }
        }
        return best
    }

    private func instants(of local: Int64, in zone: ZoneHistory) -> [Int64] {
        switch zone.instants(ofLocal: local) {
        case .once(let time): [time]
        case .twice(let first, let second): isEveryHour ? [first, second] : [first]
        case .never(let then): isEveryHour ? [] : [then]
        }
    }

    private func matches(day number: Int) -> Bool {
        let date = CivilDate(dayNumber: number)
        guard months.contains(date.month) else { return false }
        let isDay = days.contains(date.day)
        let isWeekday = weekdays.contains(CivilDate.weekday(ofDay: number))
        return isEveryDay || isEveryWeekday ? isDay && isWeekday : isDay || isWeekday
    }

    /// February 29 may be eight years away.
    private static let searchDays = 9 * 366

    private static let monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    private static let weekdayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    private static func parse(
        _ field: String, _ range: ClosedRange<Int>, in text: String, names: [String] = [], from first: Int = 0
    ) throws(ScheduleError) -> Set<Int> {
        func number(_ word: Substring) throws(ScheduleError) -> Int {
            if let index = names.firstIndex(of: word.uppercased()) { return index + first }
            guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(word), range.contains(number) else {
                throw .cron(text, "\"\(word)\" is not within \(range.lowerBound) and \(range.upperBound).")
            }
            return number
        }
        var values: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let stepped = part.split(separator: "/", omittingEmptySubsequences: false)
            guard stepped.count <= 2, let span = stepped.first else { throw .cron(text, "\"\(part)\" has more than one step.") }
            var bounds = range
            if span != "*" {
                let ends = span.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2, let low = ends.first, let high = ends.last else { throw .cron(text, "\"\(span)\" is no range.") }
                let (from, to) = (try number(low), try number(high))
                guard from <= to else { throw .cron(text, "The range \(span) ends before it begins.") }
                bounds = from...(ends.count == 1 && stepped.count == 2 ? range.upperBound : to)
            }
            var step = 1
            if stepped.count == 2 {
                guard let given = Int(stepped[1]), given > 0, given <= range.upperBound else {
                    throw .cron(text, "The step of \"\(part)\" is a number from 1 to \(range.upperBound).")
                }
                step = given
            }
            values.formUnion(stride(from: bounds.lowerBound, through: bounds.upperBound, by: step))
        }
        return values
    }
}

/// Why a schedule cannot be.
public enum ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
    case cron(String, String)
    case zone(String)

    public var description: String {
        switch self {
        case .cron(let text, let flaw): "\"\(text)\" is no cron expression. \(flaw)"
        case .zone(let name):
            "There is no time zone \(name) in \(ZoneHistory.folder): write a name such as Europe/London, or install tzdata."
        }
    }
}
