/// The periods of a subscription while its interval stays what it is: each from a day of a month to the day before the next begins. Where a
/// month has no such day, it is the month's last: what began on 31 January goes on on 28 February and on 31 March.
struct SubscriptionPeriods: Hashable, Sendable {
    /// The first day that is paid for, whose day of the month all periods aim at.
    let anchor: CivilDate
    let interval: BillingIntervalKind
    /// In which month after the anchor's the first of these periods begins.
    private let offset: Int

    /// - Parameter start: where an interval begins that followed another one, the first day of its first period; nil for the anchor.
    init(anchor: CivilDate, interval: BillingIntervalKind, from start: CivilDate? = nil) {
        self.anchor = anchor
        self.interval = interval
        offset = start.map { Self.months(from: anchor, to: $0) } ?? 0
    }

    /// Nil where the calendar ends.
    var first: DayRange? { period(0) }

    /// Nil before the first one.
    func period(containing day: CivilDate) -> DayRange? {
        let months = Self.months(from: anchor, to: day) - offset
        guard months >= 0 else { return nil }
        // A day before the anchor's day of the month is in the period of the month before.
        let number = months / interval.months
        guard let near = period(number) else { return nil }
        return day < near.from ? period(number - 1) : near
    }

    /// The first period that begins behind a day.
    func period(after day: CivilDate) -> DayRange? {
        guard let current = period(containing: day) else { return first }
        return current.to.adding(days: 1).flatMap { period(containing: $0) }
    }

    private func period(_ number: Int) -> DayRange? {
        guard number >= 0, let from = start(of: number), let next = start(of: number + 1), let to = next.adding(days: -1) else {
            return nil
        }
        return DayRange(from, to)
    }

    private func start(of number: Int) -> CivilDate? { anchor.adding(months: offset + number * interval.months) }

    private static func months(from one: CivilDate, to other: CivilDate) -> Int {
        (other.year - one.year) * 12 + other.month - one.month
    }
}
