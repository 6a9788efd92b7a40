internal import Synchronization

/// What a subject has taken of its quotas: for each class one arrival time, exact over all loops of the process.
final class Meter: Sendable {
    let key: QuotaKey
    /// Those of the subject's kind.
    private let common: QuotaRates
    /// The subject's own, from when it has some.
    private let own = SetOnce<QuotaRates>()
    private let arrivals: InlineArray<8, Atomic<UInt64>>
    /// The classes of which others are asked for a part of their share: a bit for each.
    private let pressed = Atomic<UInt8>(0)
    /// Whether several subjects share it, for want of room.
    let isOverflow: Bool

    init(_ key: QuotaKey, rates: QuotaRates, isOverflow: Bool = false) {
        self.key = key
        self.isOverflow = isOverflow
        common = rates
        arrivals = InlineArray { _ in Atomic(0) }
    }

    enum Outcome {
        case taken
        /// Taken, and more than half of what may be taken at once is gone.
        case takenOfFew
        case refused
    }

    /// One compare-and-exchange, where no other loop comes between.
    @inline(__always)
    func take(_ cost: UInt64, of class: QuotaClass, at now: UInt64) -> Outcome {
        let rate =
            own.lend { own in
                own.want(cost, of: `class`)
                return own[`class`]
            } ?? common[`class`]
        var arrival = arrivals[`class`.rawValue].load(ordering: .relaxed)
        while let next = rate.advanced(arrival, by: cost, at: now) {
            let (exchanged, found) = arrivals[`class`.rawValue].compareExchange(expected: arrival, desired: next, ordering: .relaxed)
            if exchanged { return next &- now > rate.tolerance / 2 ? .takenOfFew : .taken }
            arrival = found
        }
        return .refused
    }

    /// Undoes a taking of just now: somebody else's quota did not allow what it was for.
    func giveBack(_ cost: UInt64, of class: QuotaClass) {
        let time = cost &* rate(of: `class`).interval
        setArrival(of: `class`) { $0 > time ? $0 - time : 0 }
    }

    /// Takes what may not be there.
    func charge(_ cost: UInt64, of class: QuotaClass, at now: UInt64) {
        let (time, overflow) = cost.multipliedReportingOverflow(by: rate(of: `class`).interval)
        let bounded = overflow ? Limits.quotaMemoryNanoseconds : min(time, Limits.quotaMemoryNanoseconds)
        setArrival(of: `class`) { min(max($0, now) &+ bounded, now &+ Limits.quotaMemoryNanoseconds) }
    }

    /// True for the first time since `release`.
    func press(_ class: QuotaClass) -> Bool {
        let bit: UInt8 = 1 << `class`.rawValue
        return pressed.load(ordering: .relaxed) & bit == 0 && pressed.bitwiseOr(bit, ordering: .relaxed).oldValue & bit == 0
    }

    func release(_ class: QuotaClass) { pressed.bitwiseAnd(~(1 << `class`.rawValue), ordering: .relaxed) }

    /// When a quota changes: as many units are owed afterwards as before, or all that the new one allows at once.
    func convert(_ class: QuotaClass, from old: CellRate, to new: CellRate, at now: UInt64) {
        guard old != new else { return }
        setArrival(of: `class`) { arrival in
            guard arrival > now else { return arrival }
            let units = Double(arrival - now) / Double(old.interval)
            return now + min(UInt64(min(units * Double(new.interval), 0x1p60)), new.tolerance)
        }
    }

    func rate(of class: QuotaClass) -> CellRate { own.lend { $0[`class`] } ?? common[`class`] }

    /// In nanoseconds; nil when no wait is long enough.
    func retryAfter(_ cost: UInt64, of class: QuotaClass, at now: UInt64) -> UInt64? {
        let rate = rate(of: `class`)
        return cost <= rate.burst ? rate.retryAfter(cost, arrival: arrival(of: `class`), at: now) : nil
    }

    func remaining(of class: QuotaClass, at now: UInt64) -> UInt64 {
        rate(of: `class`).remaining(arrival: arrival(of: `class`), at: now)
    }

    /// How long until all is earned that was taken, in nanoseconds.
    func debt(of class: QuotaClass, at now: UInt64) -> UInt64 {
        let arrival = arrival(of: `class`)
        return arrival > now ? arrival - now : 0
    }

    func arrival(of class: QuotaClass) -> UInt64 { arrivals[`class`.rawValue].load(ordering: .relaxed) }

    /// Changes the arrival time to what `change` makes of it, whoever else does at once.
    func setArrival(of class: QuotaClass, _ change: (UInt64) -> UInt64) {
        var arrival = arrival(of: `class`)
        while true {
            let (exchanged, found) = arrivals[`class`.rawValue].compareExchange(
                expected: arrival, desired: change(arrival), ordering: .relaxed)
            if exchanged { return }
            arrival = found
        }
    }

    /// Has the subject judged by rates of its own from now on; gives those that it has then.
    func adopt(_ rates: QuotaRates) -> QuotaRates { own.set(rates) }

    /// A meter that is idle says nothing that a new one would not say.
    func isIdle(at now: UInt64) -> Bool {
        for `class` in QuotaClass.allCases where arrival(of: `class`) > now { return false }
        return true
    }
}
