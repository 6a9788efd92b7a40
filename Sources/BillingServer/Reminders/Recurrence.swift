/// When something happens again and again: its first time, and how far the others are apart on a clock on the wall.
struct Recurrence: Hashable, Sendable {
    enum Interval: Hashable, Sendable {
        case minutes(Int)
        case days(Int)
        /// On a day of the month, or on the month's last when it has fewer days; what was on a 31st returns to it.
        case months(Int, dayOfMonth: Int)
    }

    let first: CivilMoment
    let interval: Interval

    /// - Throws: `recurrenceTooFrequent` below an hour; `recurrenceOutOfRange`, also when the first time is not on the day of the month.
    init(first: CivilMoment, _ interval: Interval) throws(BillingError) {
        switch interval {
        case .minutes(let count):
            guard count >= Limits.recurrenceMinutes else { throw .recurrenceTooFrequent }
            guard count <= Limits.recurrenceDays * CivilMoment.minutesPerDay else { throw .recurrenceOutOfRange }
        case .days(let count):
            guard count >= 1 else { throw .recurrenceTooFrequent }
            guard count <= Limits.recurrenceDays else { throw .recurrenceOutOfRange }
        case .months(let count, let dayOfMonth):
            guard count >= 1 else { throw .recurrenceTooFrequent }
            guard count <= Limits.recurrenceMonths,
                CivilDate.clamped(year: first.date.year, month: first.date.month, day: dayOfMonth) == first.date
            else { throw .recurrenceOutOfRange }
        }
        self.first = first
        self.interval = interval
    }

    /// The first time that is later than a moment, computed at once however many there were. Nil after the year 9999.
    func next(after moment: CivilMoment) -> CivilMoment? {
        guard moment >= first else { return first }
        switch interval {
        case .minutes(let count):
            return first.adding(minutes: (first.minutes(until: moment) / count + 1) * count)
        case .days(let count):
            let minutes = count * CivilMoment.minutesPerDay
            return first.adding(minutes: (first.minutes(until: moment) / minutes + 1) * minutes)
        case .months(let count, let dayOfMonth):
            let monthsApart = (moment.date.year - first.date.year) * 12 + moment.date.month - first.date.month
            // The one of this month may be over, or be to come.
            for steps in [monthsApart / count, monthsApart / count + 1] {
                guard let date = first.date.adding(months: steps * count, dayOfMonth: dayOfMonth),
                    let next = CivilMoment(date, minuteOfDay: first.minuteOfDay)
                else { return nil }
                if next > moment { return next }
            }
            return nil
        }
    }
}
