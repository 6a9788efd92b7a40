/// What a phrase says, before it is known what it means now: each part at most once.
struct TimePhrase {
    enum Day: Hashable {
        case ahead(Int)
        case date(CivilDate)
        case weekday(Weekday)
        /// Never today.
        case nextWeekday(Weekday)
        case ofMonth(Int)
        case ofYear(day: Int, month: Int)
    }

    enum Hour: Hashable {
        /// 0 to 24, which is the end of the day.
        case exact(Int)
        /// 1 to 12, of either half of the day.
        case spoken(Int)
    }

    private(set) var day: Day?
    private(set) var hour: Hour?
    private(set) var minute = 0
    /// 30, 15 or -15 minutes from the hour.
    private(set) var shift: Int?
    private(set) var isPM: Bool?
    private(set) var part: DayPart?
    private(set) var minutesAhead: Int?
    private(set) var monthsAhead: Int?
    private(set) var interval: (count: Int, unit: TimeUnit)?

    private let tokens: [TimeToken]
    private var index = 0

    /// - Throws: `timeTextTooLong`, `timeNotUnderstood`.
    init(_ text: String) throws(BillingError) {
        tokens = try TimeToken.tokens(of: text)
        guard !tokens.isEmpty else { throw .timeNotUnderstood }
        while let token = take() { try read(token) }
    }

    private mutating func read(_ token: TimeToken) throws(BillingError) {
        switch token {
        case .clock(let hour, let minute, let isExact):
            self.minute = minute
            try set(hour: isExact || hour == 0 ? .exact(hour) : .spoken(hour))
            if peek == .word(.oClock) { _ = take() }
        case .date(let date): try set(day: .date(date))
        case .dayAndMonth(let day, let month): try set(day: .ofYear(day: day, month: month))
        case .digits(let number, _): try read(number: number)
        case .tenths(let tenths):
            guard take() == .word(.unit(.hour)) else { throw .timeNotUnderstood }
            try set(minutesAhead: tenths * 6)
        case .word(let word): try read(word)
        }
    }

    private mutating func read(_ word: TimeWord) throws(BillingError) {
        switch word {
        case .number(let number): try read(number: number)
        case .day(let ahead): try set(day: .ahead(ahead))
        case .weekday(let weekday): try set(day: .weekday(weekday))
        case .month(let month): try readDay(of: month)
        case .half:
            skipFillers()
            if peek == .word(.number(1)) { _ = take() }
            guard take() == .word(.unit(.hour)) else { throw .timeNotUnderstood }
            try set(minutesAhead: 30)
        case .pm(let isPM):
            guard self.isPM == nil else { throw .timeNotUnderstood }
            self.isPM = isPM
        case .part(let part):
            guard self.part == nil else { throw .timeNotUnderstood }
            self.part = part
        case .noon: try set(hour: .exact(12))
        case .midnight: try set(hour: .exact(24))
        case .shift(let minutes):
            guard shift == nil else { throw .timeNotUnderstood }
            shift = minutes
        case .oneAndHalf: try readHalves(hour: 1)
        case .twoAndHalf: try readHalves(hour: 2)
        case .every: try readInterval()
        case .everyUnit(let unit): try set(interval: 1, unit)
        case .next: try readNext()
        case .after:
            guard isBesideCount else { throw .timeNotUnderstood }
        case .at, .filler: break
        case .unit, .oClock, .minutesPast, .ordinal: throw .timeNotUnderstood
        }
    }

    /// What a number counts is said by what stands beside it. Alone it counts nothing: no guess is made.
    private mutating func read(number first: Int) throws(BillingError) {
        let isAfterAt = index >= 2 && tokens[index - 2] == .word(.at)
        let number = tensAndUnits(first)
        switch peek {
        case .word(.unit(let unit)):
            _ = take()
            try set(ahead: number, unit)
        case .word(.oClock):
            _ = take()
            try set(spoken: number)
        case .word(.minutesPast):
            _ = take()
            try set(spoken: number)
            try readMinutes()
        case .word(.pm):
            try set(spoken: number)
        case .word(.noon) where number == 12, .word(.midnight) where number == 12:
            return
        case .word(.ordinal):
            _ = take()
            skipFillers()
            if case .word(.month(let month)) = peek {
                _ = take()
                try set(day: number, of: month)
            } else {
                try set(day: .ofMonth(number))
            }
        case .word(.month(let month)):
            _ = take()
            try set(day: number, of: month)
        default:
            var isOfPart = part != nil
            if case .word(.part)? = following { isOfPart = true }
            guard isAfterAt || shift != nil || isOfPart else { throw .timeNotUnderstood }
            try set(spoken: number)
        }
    }

    /// "twenty one" is two words.
    private mutating func tensAndUnits(_ first: Int) -> Int {
        guard first == 20 || first == 30, case .word(.number) = tokens[index - 1], case .word(.number(let second)) = peek,
            (1...9).contains(second)
        else { return first }
        _ = take()
        return first + second
    }

    private mutating func readMinutes() throws(BillingError) {
        guard let number = takeNumber(), (0..<60).contains(number) else { throw .timeNotUnderstood }
        minute = number
        if peek == .word(.unit(.minute)) { _ = take() }
    }

    /// One and a half, two and a half: hours from now, or a time of the day.
    private mutating func readHalves(hour: Int) throws(BillingError) {
        switch take() {
        case .word(.unit(.hour)): try set(minutesAhead: hour * 60 + 30)
        case .word(.oClock):
            try set(hour: .spoken(hour))
            minute = 30
        default: throw .timeNotUnderstood
        }
    }

    private mutating func readInterval() throws(BillingError) {
        skipFillers()
        if case .word(.weekday(let weekday)) = peek {
            _ = take()
            try set(interval: 1, .week)
            return try set(day: .weekday(weekday))
        }
        if case .tenths(let tenths) = peek {
            _ = take()
            guard take() == .word(.unit(.hour)) else { throw .timeNotUnderstood }
            return try set(interval: tenths * 6, .minute)
        }
        let said = takeNumber()
        if let said, peek == .word(.ordinal) { return try readInterval(ordinal: said) }
        let count = said ?? 1
        switch take() {
        case .word(.unit(let unit)): try set(interval: count, unit)
        // "har roz" is "roz".
        case .word(.everyUnit(.day)) where said == nil: try set(interval: 1, .day)
        // "every morning" is every day.
        case .word(.part(let part)) where count == 1:
            try set(interval: 1, .day)
            try read(.part(part))
        default: throw .timeNotUnderstood
        }
    }

    /// "every 2nd day" counts days; "every 31st" is a day of each month, "every 25th of december" one of each year.
    private mutating func readInterval(ordinal number: Int) throws(BillingError) {
        _ = take()
        let isOf = peek == .word(.filler)
        skipFillers()
        switch peek {
        case .word(.unit(.month)) where isOf:
            _ = take()
            try set(interval: 1, .month)
            try set(day: .ofMonth(number))
        case .word(.unit(let unit)) where !isOf:
            _ = take()
            try set(interval: number, unit)
        case .word(.month(let month)):
            _ = take()
            try set(interval: 1, .year)
            try set(day: .ofYear(day: number, month: month))
        default:
            try set(interval: 1, .month)
            try set(day: .ofMonth(number))
        }
    }

    private mutating func readNext() throws(BillingError) {
        switch take() {
        case .word(.unit(let unit)): try set(ahead: 1, unit)
        case .word(.weekday(let weekday)): try set(day: .nextWeekday(weekday))
        default: throw .timeNotUnderstood
        }
    }

    private mutating func readDay(of month: Int) throws(BillingError) {
        guard let day = takeNumber() else { throw .timeNotUnderstood }
        if peek == .word(.ordinal) { _ = take() }
        try set(day: day, of: month)
    }

    private mutating func set(day number: Int, of month: Int) throws(BillingError) {
        guard case .digits(let year, count: 4) = peek else { return try set(day: .ofYear(day: number, month: month)) }
        _ = take()
        guard let date = CivilDate(year: year, month: month, day: number) else { throw .timeNotUnderstood }
        try set(day: .date(date))
    }

    private mutating func set(day: Day) throws(BillingError) {
        guard self.day == nil, minutesAhead == nil else { throw .timeNotUnderstood }
        self.day = day
    }

    private mutating func set(spoken number: Int) throws(BillingError) {
        guard (0...24).contains(number) else { throw .timeNotUnderstood }
        try set(hour: (1...12).contains(number) ? .spoken(number) : .exact(number % 24))
    }

    private mutating func set(hour: Hour) throws(BillingError) {
        guard self.hour == nil, minutesAhead == nil else { throw .timeNotUnderstood }
        self.hour = hour
    }

    private mutating func set(minutesAhead minutes: Int) throws(BillingError) {
        guard minutesAhead == nil, day == nil, hour == nil, interval == nil else { throw .timeNotUnderstood }
        minutesAhead = minutes
    }

    private mutating func set(ahead count: Int, _ unit: TimeUnit) throws(BillingError) {
        // Four digits at most: nothing here overflows.
        switch unit {
        case .minute: try set(minutesAhead: count)
        case .hour: try set(minutesAhead: count * 60)
        case .day: try set(day: .ahead(count))
        case .week: try set(day: .ahead(count * 7))
        case .month, .year:
            guard monthsAhead == nil, minutesAhead == nil else { throw .timeNotUnderstood }
            monthsAhead = unit == .year ? count * 12 : count
        }
    }

    private mutating func set(interval count: Int, _ unit: TimeUnit) throws(BillingError) {
        guard interval == nil, minutesAhead == nil else { throw .timeNotUnderstood }
        interval = (count, unit)
    }

    // MARK: Tokens

    private var peek: TimeToken? { index < tokens.count ? tokens[index] : nil }

    /// The next one that is no filler.
    private var following: TimeToken? { tokens[index...].first { $0 != .word(.filler) } }

    /// The word before, which has been taken, follows a unit ("3 din baad") or stands before a number ("after 3 days"). "kal ke baad" is
    /// no time.
    private var isBesideCount: Bool {
        if case .word(.unit)? = tokens[..<(index - 1)].last(where: { $0 != .word(.filler) }) { return true }
        switch following {
        case .digits?, .tenths?, .word(.number)?, .word(.oneAndHalf)?, .word(.twoAndHalf)?, .word(.half)?: return true
        default: return false
        }
    }

    private mutating func take() -> TimeToken? {
        guard let token = peek else { return nil }
        index += 1
        return token
    }

    private mutating func takeNumber() -> Int? {
        switch peek {
        case .digits(let number, _)?:
            _ = take()
            return number
        case .word(.number(let number))?:
            _ = take()
            return tensAndUnits(number)
        default:
            return nil
        }
    }

    private mutating func skipFillers() { while peek == .word(.filler) { _ = take() } }
}
