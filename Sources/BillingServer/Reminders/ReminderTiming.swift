internal import BillingAPI
internal import Protobuf
internal import Resources

/// When a reminder is to be due, as it was said and checked.
struct ReminderTiming: Sendable {
    let timeZone: String
    let plan: ReminderPlan

    /// What a time is counted from where it is beside a due day, and where it is in no zone of its own.
    struct Ground {
        let now: Instant
        /// The invoice's; nil without an invoice.
        let dueOn: CivilDate?
        /// The customer's or the seller's.
        let timeZone: String
    }

    init(timeZone: String, plan: ReminderPlan) { (self.timeZone, self.plan) = (timeZone, plan) }

    /// - Throws: `invalid` with every violation, their fields below `field`.
    init(_ message: BillingAPI.ReminderSchedule, _ ground: Ground, zones: Zones, field: String = "schedule.") throws(BillingError) {
        var violations = Violations(under: field)
        let name = message.timeZone.isEmpty ? ground.timeZone : message.timeZone
        guard let zone = violations.reading("time_zone", { () throws(BillingError) in try zones.zone(named: name) }) else {
            throw .invalid(violations.all)
        }
        let clock = LocalClock(zone: zone)
        let now = try clock.moment(at: ground.now)
        var found: (first: CivilMoment, recurrence: Recurrence?)?
        switch message.when {
        case .at(let timestamp):
            found = violations.reading("at") { () throws(BillingError) in
                guard let instant = Instant(timestamp) else { throw .dateInvalid }
                return (try clock.moment(at: instant), nil)
            }
        case .dueOffset(let offset):
            if let dueOn = ground.dueOn {
                found = violations.reading("due_offset") { () throws(BillingError) in
                    guard let day = dueOn.adding(days: Int(offset.days)),
                        let moment = CivilMoment(day, minuteOfDay: MinuteOfDay.read(offset.time) ?? Self.usualMinute)
                    else { throw .dateInvalid }
                    return (moment, nil)
                }
            } else {
                violations.add("due_offset", "It is counted from the day on which an invoice is due: name the invoice.")
            }
        case .phrase(let text):
            found = violations.reading("phrase") { () throws(BillingError) in
                let schedule = try Schedule(text, now: now)
                return (schedule.first, schedule.recurrence)
            }
            if message.recurrence != nil { violations.add("recurrence", "A phrase says by itself whether it recurs: leave this out.") }
        case nil:
            violations.add("when", "Say when.")
        }
        if var found {
            if let recurrence = message.recurrence {
                found.recurrence = violations.reading("recurrence") { () throws(BillingError) in
                    try Recurrence(first: found.first, Recurrence.Interval(recurrence, first: found.first))
                }
            }
            let plan = ReminderPlan(clock: clock, first: found.first, recurrence: found.recurrence)
            if plan.firstInstant <= ground.now {
                violations.add(Self.field(message), BillingError.timeInThePast.description)
            } else if now.minutes(until: found.first) > Limits.recurrenceDays * CivilMoment.minutesPerDay {
                violations.add(Self.field(message), "It is more than ten years away.")
            }
            if violations.isEmpty {
                (timeZone, self.plan) = (name, plan)
                return
            }
        }
        throw .invalid(violations.all)
    }

    private static let usualMinute = 10 * 60

    private static func field(_ message: BillingAPI.ReminderSchedule) -> String {
        switch message.when {
        case .dueOffset: "due_offset"
        case .phrase: "phrase"
        default: "at"
        }
    }
}

extension Recurrence.Interval {
    /// - Throws: `recurrenceOutOfRange` when nothing is said.
    init(_ message: BillingAPI.ReminderRecurrence, first: CivilMoment) throws(BillingError) {
        switch message.interval {
        case .minutes(let count): self = .minutes(Int(count))
        case .days(let count): self = .days(Int(count))
        case .months(let count): self = .months(Int(count), dayOfMonth: first.date.day)
        case nil: throw .recurrenceOutOfRange
        }
    }

    var message: BillingAPI.ReminderRecurrence {
        .with {
            switch self {
            case .minutes(let count): $0.interval = .minutes(Int32(clamping: count))
            case .days(let count): $0.interval = .days(Int32(clamping: count))
            case .months(let count, _): $0.interval = .months(Int32(clamping: count))
            }
        }
    }
}
