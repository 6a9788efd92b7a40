/// What a word of a phrase about time means.
enum TimeWord: Hashable, Sendable {
    case number(Int)
    /// Today, tomorrow (Hindi's "kal" looks ahead here), the day after.
    case day(Int)
    case weekday(Weekday)
    case month(Int)
    case unit(TimeUnit)
    /// Half of an hour, before the word for it.
    case half
    case pm(Bool)
    case part(DayPart)
    case noon
    /// The end of the day that is said.
    case midnight
    /// Follows an hour.
    case oClock
    /// Stands between an hour and minutes.
    case minutesPast
    /// Stands before an hour: half past, a quarter past, a quarter to.
    case shift(Int)
    /// Hindi has words of their own for one and a half and for two and a half.
    case oneAndHalf, twoAndHalf
    case every
    case everyUnit(TimeUnit)
    /// Follows a day of the month.
    case ordinal
    case next
    case at
    /// Beside what is counted: in so much time.
    case after
    /// Changes nothing.
    case filler
}

enum TimeUnit: Hashable, Sendable { case minute, hour, day, week, month, year }

enum DayPart: Hashable, Sendable {
    case morning, afternoon, evening, night

    /// When only the part of the day is said.
    var usualHour: Int {
        switch self {
        case .morning: 9
        case .afternoon: 14
        case .evening: 18
        case .night: 20
        }
    }

    /// The hour of the day, from 24 on of the next day, that an hour from 1 to 12 means in this part. Nil when nobody says so.
    func hour(_ spoken: Int) -> Int? {
        switch (self, spoken) {
        case (.morning, 4...11): spoken
        case (.afternoon, 12): 12
        case (.afternoon, 1...5), (.evening, 4...9), (.night, 7...11): spoken + 12
        case (.night, 12): 24
        case (.night, 1...3): spoken + 24
        default: nil
        }
    }
}
