/// When something is to happen: once, or again and again from then on.
struct Schedule: Hashable, Sendable {
    let first: CivilMoment
    let recurrence: Recurrence?

    /// Reads a phrase such as "tomorrow 5 pm", "kal shaam 5 baje", "हर महीने 31 तारीख".
    ///
    /// Without a time of day it is 19:00; an hour without its half of the day is from 1 to 7 in the afternoon, from 8 to 11 in the
    /// morning unless that is over today, 12 is noon, and midnight is the end of the day. "next monday" is not today. "kal" and "परसों" look ahead. Dates have their day first.
    ///
    /// - Parameter now: on the clock of whose phrase it is.
    /// - Throws: `timeTextTooLong`, `timeNotUnderstood`, `timeInThePast`, `recurrenceTooFrequent`, `recurrenceOutOfRange`.
    init(_ text: String, now: CivilMoment) throws(BillingError) {
        let phrase = try TimePhrase(text)
        if let minutes = phrase.minutesAhead {
            guard phrase.hour == nil, phrase.part == nil, phrase.isPM == nil, phrase.shift == nil, minutes > 0,
                let moment = now.adding(minutes: minutes)
            else { throw .timeNotUnderstood }
            first = moment
            recurrence = nil
            return
        }
        let clock = try ClockReading(phrase)
        if let interval = phrase.interval {
            (first, recurrence) = try Self.recurring(phrase, interval, clock, now)
        } else {
            first = try Self.once(phrase, clock, now)
            recurrence = nil
        }
    }

    private static func once(_ phrase: TimePhrase, _ clock: ClockReading, _ now: CivilMoment) throws(BillingError) -> CivilMoment {
        let today = now.date
        if let months = phrase.monthsAhead {
            switch phrase.day {
            case nil: return try future(clock.moment(on: today.adding(months: months)), now)
            case .ofMonth(let day):
                guard let month = today.adding(months: months), let date = CivilDate(year: month.year, month: month.month, day: day) else {
                    throw .timeNotUnderstood
                }
                return try future(clock.moment(on: date), now)
            default: throw .timeNotUnderstood
            }
        }
        switch phrase.day {
        case nil:
            // Today, or tomorrow when it is too late for today.
            return try clock.next(now, [today, today.adding(days: 1)])
        case .ahead(let days):
            guard days == 0 else { return try future(clock.moment(on: today.adding(days: days)), now) }
            return try clock.next(now, [today])
        case .date(let date):
            return try date == today ? clock.next(now, [today]) : future(clock.moment(on: date), now)
        case .weekday(let weekday):
            let next = today.adding(days: today.weekday.days(until: weekday))
            return try clock.next(now, [next, next?.adding(days: 7)])
        case .nextWeekday(let weekday):
            let days = today.weekday.days(until: weekday)
            return try clock.next(now, [today.adding(days: days == 0 ? 7 : days)])
        case .ofMonth(let day):
            guard (1...31).contains(day) else { throw .timeNotUnderstood }
            // The next month that has such a day; no two in a row have not.
            let months = (0...2).map { today.adding(months: $0, dayOfMonth: 1) }
            return try clock.next(now, months.map { month in month.flatMap { CivilDate(year: $0.year, month: $0.month, day: day) } })
        case .ofYear(let day, let month):
            // A 29 February is at most eight years away.
            return try clock.next(now, (0...8).map { CivilDate(year: today.year + $0, month: month, day: day) })
        }
    }

    private static func recurring(
        _ phrase: TimePhrase, _ interval: (count: Int, unit: TimeUnit), _ clock: ClockReading, _ now: CivilMoment
    ) throws(BillingError) -> (CivilMoment, Recurrence) {
        guard phrase.monthsAhead == nil else { throw .timeNotUnderstood }
        let today = now.date
        let first: CivilMoment
        let step: Recurrence.Interval
        switch (interval.unit, phrase.day) {
        case (.minute, nil), (.hour, nil):
            let minutes = interval.unit == .hour ? interval.count * 60 : interval.count
            guard !clock.isSaid else { throw .timeNotUnderstood }
            guard minutes >= Limits.recurrenceMinutes else { throw .recurrenceTooFrequent }
            guard let moment = now.adding(minutes: minutes) else { throw .recurrenceOutOfRange }
            first = moment
            step = .minutes(minutes)
        case (.day, nil), (.week, nil):
            first = try clock.next(now, [today, today.adding(days: 1)])
            step = .days(interval.unit == .week ? interval.count * 7 : interval.count)
        case (.week, .weekday(let weekday)):
            let next = today.adding(days: today.weekday.days(until: weekday))
            first = try clock.next(now, [next, next?.adding(days: 7)])
            step = .days(interval.count * 7)
        case (.month, nil), (.month, .ofMonth):
            var day = today.day
            if case .ofMonth(let said) = phrase.day { day = said }
            guard (1...31).contains(day) else { throw .timeNotUnderstood }
            first = try clock.next(now, [today.adding(months: 0, dayOfMonth: day), today.adding(months: 1, dayOfMonth: day)])
            step = .months(interval.count, dayOfMonth: day)
        case (.year, .ofYear(let day, let month)):
            guard CivilDate(year: 2_000, month: month, day: day) != nil else { throw .timeNotUnderstood }
            first = try clock.next(now, (0...1).map { CivilDate.clamped(year: today.year + $0, month: month, day: day) })
            step = .months(interval.count * 12, dayOfMonth: day)
        default:
            throw .timeNotUnderstood
        }
        return (first, try Recurrence(first: first, step))
    }

    private static func future(_ moment: CivilMoment?, _ now: CivilMoment) throws(BillingError) -> CivilMoment {
        guard let moment else { throw .timeNotUnderstood }
        guard moment > now else { throw .timeInThePast }
        return moment
    }
}
