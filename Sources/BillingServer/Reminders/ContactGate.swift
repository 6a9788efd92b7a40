internal import Resources

/// The one gate that every reminder passes: whether a customer may be written to, by which channel, and when.
struct ContactGate: Sendable {
    let preferences: ContactTerms
    /// Where the customer is.
    let clock: LocalClock
    /// When the customer was written to in the last thirty days, in any order.
    var contacts: [Instant]

    enum Permission: Hashable, Sendable {
        case channel(ContactChannel)
        case refused(ContactRule)
    }

    /// Where the first moment lies in which nothing forbids to write, and what has moved it there.
    struct Opening: Hashable, Sendable {
        let instant: Instant
        let movedBy: [ContactRule]
    }

    /// - Parameters:
    ///   - wanted: the best one first.
    ///   - reachable: those for which there is an address.
    func permission(by wanted: [ContactChannel], reachable: Set<ContactChannel>) -> Permission {
        guard !preferences.isOptedOut else { return .refused(.optedOut) }
        let agreed = wanted.filter(preferences.channels.contains)
        guard !agreed.isEmpty else { return .refused(.consentMissing) }
        guard let channel = agreed.first(where: reachable.contains) else { return .refused(.addressMissing) }
        return .channel(channel)
    }

    /// Nil when there is none within two months: a cap of nought.
    ///
    /// - Throws: `dateInvalid` after the year 9999.
    func opening(from instant: Instant) throws(BillingError) -> Opening? {
        var (instant, rules) = (instant, [ContactRule]())
        // Each round moves it on; a day has at most three reasons to.
        for _ in 0..<200 {
            guard let (later, rule) = try obstacle(at: instant) else { return Opening(instant: instant, movedBy: rules) }
            instant = later
            if !rules.contains(rule) { rules.append(rule) }
        }
        return nil
    }

    /// Why there is no opening at all.
    var lock: ContactRule { preferences.caps.perWeek == 0 ? .weeklyCap : .monthlyCap }

    /// What forbids to write at a moment, and the earliest one at which this does not any more.
    private func obstacle(at instant: Instant) throws(BillingError) -> (until: Instant, ContactRule)? {
        if let last = contacts.filter({ $0 <= instant }).max() {
            let free = Instant(unixMicroseconds: last.unixMicroseconds + Limits.contactIntervalMicroseconds)
            if free > instant { return (free, .minimumInterval) }
        }
        let moment = try clock.moment(at: instant)
        if preferences.quiet.contains(moment) {
            guard let end = preferences.quiet.next(from: moment) else { throw .dateInvalid }
            return (advanced(to: end, from: instant), .quietHours)
        }
        var days: [CivilDate] = []
        for contact in contacts { days.append(try clock.moment(at: contact).date) }
        let caps = preferences.caps
        let rule: ContactRule
        if !ContactCaps(perWeek: caps.perWeek, perMonth: .max).allows(on: moment.date, after: days) {
            rule = .weeklyCap
        } else if !ContactCaps(perWeek: .max, perMonth: caps.perMonth).allows(on: moment.date, after: days) {
            rule = .monthlyCap
        } else {
            return nil
        }
        guard let tomorrow = moment.adding(minutes: CivilMoment.minutesPerDay) else { throw .dateInvalid }
        return (advanced(to: tomorrow, from: instant), rule)
    }

    /// A minute that comes twice could lead back: then an hour on is later in any zone.
    private func advanced(to moment: CivilMoment, from instant: Instant) -> Instant {
        let next = clock.instant(of: moment)
        return next > instant ? next : Instant(unixMicroseconds: instant.unixMicroseconds + 3_600_000_000)
    }
}
