internal import Resources

/// When a reminder is due: for the first time, and again and again if it recurs, on the clock of its zone.
struct ReminderPlan: Sendable {
    let clock: LocalClock
    let first: CivilMoment
    let recurrence: Recurrence?

    var firstInstant: Instant { clock.instant(of: first) }

    /// The first time that is later than an instant. Nil when there is none, or none before the year 10000.
    ///
    /// - Throws: `dateInvalid` outside the years 1 to 9999.
    func next(after instant: Instant) throws(BillingError) -> Instant? {
        if firstInstant > instant { return firstInstant }
        guard let recurrence else { return nil }
        var moment = try clock.moment(at: instant)
        // Where clocks are set, several moments can be one instant, or an earlier one.
        for _ in 0..<4 {
            guard let later = recurrence.next(after: moment) else { return nil }
            let candidate = clock.instant(of: later)
            if candidate > instant { return candidate }
            moment = later
        }
        return nil
    }
}
