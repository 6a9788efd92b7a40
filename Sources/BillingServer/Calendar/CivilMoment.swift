/// A day and a minute as a clock on a wall shows them, in no time zone. Whoever knows the zone makes an instant of it.
struct CivilMoment: Hashable, Comparable, Sendable, CustomStringConvertible {
    let date: CivilDate
    /// 0 to 1439.
    let minuteOfDay: Int

    /// Nil when there is no such minute.
    init?(_ date: CivilDate, minuteOfDay: Int) {
        guard (0..<Self.minutesPerDay).contains(minuteOfDay) else { return nil }
        self.date = date
        self.minuteOfDay = minuteOfDay
    }

    /// Nil when there is no such minute.
    init?(_ date: CivilDate, hour: Int, minute: Int = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute) else { return nil }
        self.init(date, minuteOfDay: hour * 60 + minute)
    }

    /// Nil outside the years 1 to 9999.
    func adding(minutes: Int) -> CivilMoment? {
        let (sum, overflow) = minuteOfDay.addingReportingOverflow(minutes)
        guard !overflow else { return nil }
        let (quotient, remainder) = sum.quotientAndRemainder(dividingBy: Self.minutesPerDay)
        let days = remainder < 0 ? quotient - 1 : quotient
        return date.adding(days: days).flatMap { CivilMoment($0, minuteOfDay: sum - days * Self.minutesPerDay) }
    }

    /// Minutes from this moment to another.
    func minutes(until other: CivilMoment) -> Int {
        (other.date.daysSince1970 - date.daysSince1970) * Self.minutesPerDay + other.minuteOfDay - minuteOfDay
    }

    /// `YYYY-MM-DDThh:mm`.
    var description: String { "\(date)T\(CivilDate.twoDigits(minuteOfDay / 60)):\(CivilDate.twoDigits(minuteOfDay % 60))" }

    static func < (left: CivilMoment, right: CivilMoment) -> Bool {
        (left.date, left.minuteOfDay) < (right.date, right.minuteOfDay)
    }

    static let minutesPerDay = 1_440
}
