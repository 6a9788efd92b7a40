internal import BillingAPI
internal import Resources

/// Events of one message, each in its subscription's period.
struct UsageReading: Sendable {
    struct Counted: Sendable {
        let index: Int
        let row: UsageEventRow
        let period: DayRange
        /// Whether the sender said when it was; else it is now, and another time when it is sent again.
        let saysWhen: Bool

        /// The same event, sent once more.
        func repeats(_ other: UsageEventRow) -> Bool {
            row.subscription == other.subscription && row.meter == other.meter && row.units == other.units
                && (!saysWhen || row.usedAt == other.usedAt)
        }
    }

    /// Each transaction id once, in their order.
    private(set) var events: [Counted] = []
    /// How many are there more than once in the message.
    private(set) var duplicates: Int64 = 0

    /// - Parameters:
    ///   - clock: of the tenant's time zone.
    /// - Throws: `notFound` for a subscription that is none, `invalid` for times, `subscriptionEnded`, `usageDiffers`.
    init(
        _ messages: [UsageEvent], of subscriptions: [SubscriptionRow], at now: Instant, day: (Instant) throws(BillingError) -> CivilDate
    ) throws(BillingError) {
        var known: [String: Counted] = [:]
        for (index, message) in messages.enumerated() {
            let event = try Self.event(index, message, of: subscriptions, at: now, day: day)
            guard let first = known[message.transactionID] else {
                known[message.transactionID] = event
                continue
            }
            guard event.repeats(first.row) else { throw .usageDiffers(index: index) }
            duplicates += 1
        }
        events = known.values.sorted { $0.row.transactionID.utf8.lexicographicallyPrecedes($1.row.transactionID.utf8) }
    }

    private static func event(
        _ index: Int, _ message: UsageEvent, of subscriptions: [SubscriptionRow], at now: Instant,
        day: (Instant) throws(BillingError) -> CivilDate
    ) throws(BillingError) -> Counted {
        let field = "events[\(index)].time"
        guard let id = RecordID(message.subscriptionID), let subscription = subscriptions.first(where: { $0.id == id }) else {
            throw .notFound(.subscription, id: message.subscriptionID)
        }
        var time = now
        if let said = message.time {
            guard let read = Instant(said) else { throw .invalid(field, Instant.flaw) }
            guard read.unixMicroseconds <= now.unixMicroseconds + Limits.usageAheadMicroseconds else {
                throw .invalid(field, "It is in the future.")
            }
            guard read.unixMicroseconds >= now.unixMicroseconds - Limits.usageAgeMicroseconds else {
                throw .invalid(field, "It is more than 35 days ago.")
            }
            time = read
        }
        let day = try day(time)
        if let end = subscription.endsOn, day > end { throw .subscriptionEnded }
        guard let period = subscription.course.period(containing: day) else {
            throw .invalid(field, "The subscription had not begun then.")
        }
        return Counted(
            index: index,
            row: UsageEventRow(message.transactionID, of: id, message.meter, from: period.from, units: message.units, at: time),
            period: period, saysWhen: message.time != nil)
    }

    /// What is added to each sum by those that are new, in the order of their keys.
    ///
    /// - Throws: `amountOutOfRange`.
    func sums(of new: Set<String>) throws(BillingError) -> [UsageSum] {
        var sums: [UsageSum] = []
        var places: [UsageSum: Int] = [:]
        for event in events where new.contains(event.row.transactionID) {
            let key = UsageSum(subscription: event.row.subscription, meter: event.row.meter, period: event.period, units: 0)
            if let place = places[key] {
                sums[place].units = try sums[place].units.plus(event.row.units)
            } else {
                places[key] = sums.count
                sums.append(UsageSum(subscription: key.subscription, meter: key.meter, period: key.period, units: event.row.units))
            }
        }
        return sums
    }
}
