/// What a zone does every year behind the last change that its file lists: the footer of a TZif file, a POSIX TZ string such as
/// `GMT0BST,M3.5.0/1,M10.5.0` (RFC 9636, section 3.3.1; POSIX.1-2017, 8.3).
struct ZoneRule: Equatable {
    /// When in a year something changes, in local time.
    struct Change: Equatable {
        enum Day: Equatable {
            /// `Jn`: 1 to 365, February 29 is never counted.
            case julian(Int)
            /// `n`: 0 to 365, it is.
            case ordinal(Int)
            /// `Mm.w.d`: the w-th of that weekday in the month, 5 is the last.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        var day: Day
        /// After midnight, in seconds; it may be negative or more than a day.
        var seconds: Int64 = 7_200

        /// In seconds since 1970, as if local time were UTC.
        func local(in year: Int) -> Int64 {
            let newYear = CivilDate.dayNumber(year: year, month: 1, day: 1)
            let number: Int
            switch day {
            case .ordinal(let days): number = newYear + days
            case .julian(let day): number = newYear + day - 1 + (CivilDate.isLeap(year) && day >= 60 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let first = CivilDate.dayNumber(year: year, month: month, day: 1)
                let next =
                    month == 12
                    ? CivilDate.dayNumber(year: year + 1, month: 1, day: 1) : CivilDate.dayNumber(year: year, month: month + 1, day: 1)
                var found = first + (weekday - CivilDate.weekday(ofDay: first) + 7) % 7 + (week - 1) * 7
                while found >= next { found -= 7 }
                number = found
            }
            return Int64(number) * CivilDate.secondsPerDay + seconds
        }
    }

    /// Seconds east of Greenwich.
    var standard: Int64
    var daylight: Int64?
    var begin: Change?
    var end: Change?

    /// Nil for what is no such string.
    init?(_ text: String) {
        var reader = Reader(Array(text.utf8)[...])
        guard reader.skipName(), let west = reader.time() else { return nil }
        standard = -west
        guard !reader.isAtEnd else { return }
        guard reader.skipName() else { return nil }
        daylight = standard + 3_600
        if !reader.isAtEnd, !reader.takes(",") {
            guard let west = reader.time() else { return nil }
            daylight = -west
            guard reader.takes(",") else { return nil }
        }
        guard let begin = reader.change(), reader.takes(","), let end = reader.change(), reader.isAtEnd else { return nil }
        self.begin = begin
        self.end = end
    }

    /// Seconds east of Greenwich at a time.
    func offset(at time: Int64) -> Int64 {
        guard let daylight, let begin, let end else { return standard }
        let year = CivilDate(dayNumber: CivilDate.day(of: time + standard)).year
        let begins = begin.local(in: year) - standard
        let ends = end.local(in: year) - daylight
        let isDaylight = begins < ends ? time >= begins && time < ends : time >= begins || time < ends
        return isDaylight ? daylight : standard
    }

    private struct Reader {
        private var bytes: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

        var isAtEnd: Bool { bytes.isEmpty }

        mutating func takes(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }

        /// Letters, or anything within `<` and `>`.
        mutating func skipName() -> Bool {
            if takes("<") {
                guard let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return false }
                bytes = bytes[(end + 1)...]
                return true
            }
            let name = bytes.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            bytes = bytes.dropFirst(name.count)
            return name.count >= 3
        }

        mutating func number() -> Int? {
            let digits = bytes.prefix { (0x30...0x39).contains($0) }
            guard (1...4).contains(digits.count) else { return nil }
            bytes = bytes.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = takes("-")
            if !isNegative { _ = takes("+") }
            guard let hours = number(), hours <= 167 else { return nil }
            var seconds = Int64(hours) * 3_600
            if takes(":") {
                guard let minutes = number(), minutes < 60 else { return nil }
                seconds += Int64(minutes) * 60
                if takes(":") {
                    guard let rest = number(), rest < 60 else { return nil }
                    seconds += Int64(rest)
                }
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            let day: Change.Day
            if takes("M") {
                guard let month = number(), (1...12).contains(month), takes("."), let week = number(), (1...5).contains(week), takes("."),
                    let weekday = number(), (0...6).contains(weekday)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else if takes("J") {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), (0...365).contains(number) else { return nil }
                day = .ordinal(number)
            }
            guard takes("/") else { return Change(day: day) }
            guard let seconds = time() else { return nil }
            return Change(day: day, seconds: seconds)
        }
    }
}
