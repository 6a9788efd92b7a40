/// The time of day that a phrase says, and the other one that it could mean when its half of the day is not said.
struct ClockReading: Hashable, Sendable {
    /// From midnight of the day that is said, up to the early hours of the day after it: "raat 2 baje".
    let minutes: Int
    /// Twelve hours later, for a guessed morning.
    private let later: Int?
    let isSaid: Bool

    /// - Throws: `timeNotUnderstood` when hour, half and part of the day contradict each other.
    init(_ phrase: TimePhrase) throws(BillingError) {
        guard phrase.shift == nil || phrase.minute == 0 else { throw .timeNotUnderstood }
        let extra = phrase.minute + (phrase.shift ?? 0)
        guard let hour = phrase.hour else {
            guard phrase.isPM == nil, phrase.shift == nil else { throw .timeNotUnderstood }
            minutes = (phrase.part?.usualHour ?? Self.usualHour) * 60
            later = nil
            isSaid = phrase.part != nil
            return
        }
        isSaid = true
        switch hour {
        case .exact(let hour):
            // "17:30 pm" and "shaam 17:30" say the same twice; "17:30 am" says nothing.
            guard phrase.isPM.map({ $0 == (hour >= 12) }) ?? true else { throw .timeNotUnderstood }
            minutes = hour * 60 + extra
            later = nil
        case .spoken(let hour):
            if let part = phrase.part {
                guard let meant = part.hour(hour), phrase.isPM.map({ $0 == (meant >= 12 && meant < 24) }) ?? true else {
                    throw .timeNotUnderstood
                }
                minutes = meant * 60 + extra
                later = nil
            } else if let isPM = phrase.isPM {
                minutes = (hour % 12 + (isPM ? 12 : 0)) * 60 + extra
                later = nil
            } else {
                let isMorning = (8...11).contains(hour)
                minutes = (isMorning || hour == 12 ? hour : hour + 12) * 60 + extra
                later = isMorning ? minutes + 12 * 60 : nil
            }
        }
        guard minutes >= 0 else { throw .timeNotUnderstood }
    }

    /// Nil without a day, and after the year 9999.
    func moment(on date: CivilDate?) -> CivilMoment? { date.flatMap { CivilMoment($0, minuteOfDay: 0)?.adding(minutes: minutes) } }

    /// The first of some days, nil where there is none, on which this time is ahead; today also by the later reading.
    ///
    /// - Throws: `timeNotUnderstood` when there is no such day, `timeInThePast`.
    func next(_ now: CivilMoment, _ days: [CivilDate?]) throws(BillingError) -> CivilMoment {
        var isPast = false
        for case let day? in days {
            if let moment = moment(on: day), moment > now { return moment }
            if day == now.date, let later, let moment = CivilMoment(day, minuteOfDay: 0)?.adding(minutes: later), moment > now {
                return moment
            }
            isPast = true
        }
        throw isPast ? .timeInThePast : .timeNotUnderstood
    }

    private static let usualHour = 19
}
