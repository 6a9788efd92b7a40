/// How long before the due day it is wise to remind somebody, by how they have paid so far.
struct ReminderAdvice: Hashable, Sendable {
    /// A day, and two for who pays late.
    let leadHours: Int

    /// - Parameter averageDaysToPay: nil for who has paid nothing yet.
    init(averageDaysToPay: Int?) { leadHours = (averageDaysToPay ?? 0) > Self.slowDays ? 48 : 24 }

    /// At ten in the morning. Nil before the year 1.
    func moment(dueOn day: CivilDate) -> CivilMoment? { day.adding(days: -leadHours / 24).flatMap { CivilMoment($0, hour: 10) } }

    /// Invoices that are due later are not thought of yet.
    static let horizonDays = 7
    private static let slowDays = 25
}
