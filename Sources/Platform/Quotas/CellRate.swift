/// How often something may happen, by the generic cell rate algorithm (ITU-T I.371): one time says all that there is to know of the past.
///
/// That time is the theoretical arrival time: when everything that was taken will have been earned. A unit moves it by `interval`; it may be
/// as far ahead of the clock as `burst` units move it. Times are whole nanoseconds of the monotonic clock, and so is every answer.
struct CellRate: Hashable, Sendable {
    /// In which one unit is earned, in nanoseconds, from 1.
    let interval: UInt64
    /// Units that may be taken at once, after a rest. With none nothing may ever be taken.
    let burst: UInt64

    init(interval: UInt64, burst: UInt64) {
        let interval = max(1, interval)
        self.interval = interval
        // No product with it may overflow: what is longer than the longest memory is for ever.
        self.burst = min(burst, Limits.quotaMemoryNanoseconds / interval)
    }

    static let nothing = CellRate(interval: 1, burst: 0)

    /// Of numbers that come from a rate.
    @inline(__always)
    init(unchecked interval: UInt64, burst: UInt64) {
        self.interval = interval
        self.burst = burst
    }

    /// How far ahead of the clock the arrival time may be, in nanoseconds.
    var tolerance: UInt64 { interval &* burst }

    /// What came of the wish to take some units.
    enum Verdict: Hashable, Sendable {
        /// Taken; so many whole units could be taken at once now, and after so many nanoseconds all of the burst.
        case taken(remaining: UInt64, resetAfter: UInt64)
        /// Not taken. They can be after that many nanoseconds, and not one earlier, if nobody takes any meanwhile.
        case refused(retryAfter: UInt64)
        /// They are more than the burst: no wait is long enough.
        case tooMany
    }

    /// The arrival time after `cost` units; nil when they may not be taken.
    @inline(__always)
    func advanced(_ arrival: UInt64, by cost: UInt64, at now: UInt64) -> UInt64? {
        guard cost <= burst else { return nil }
        let begin = max(arrival, now)
        // Both are bounded by the longest memory: they cannot overflow, and neither can the sum for the next century.
        let ahead = (begin &- now) &+ cost &* interval
        return ahead <= tolerance ? now &+ ahead : nil
    }

    /// The same with its reasons: for who was refused, and for who asks.
    func take(_ cost: UInt64, from arrival: inout UInt64, at now: UInt64) -> Verdict {
        if let next = advanced(arrival, by: cost, at: now) {
            arrival = next
            let ahead = next - now
            return .taken(remaining: (tolerance - ahead) / interval, resetAfter: ahead)
        }
        guard cost <= burst else { return .tooMany }
        return .refused(retryAfter: retryAfter(cost, arrival: arrival, at: now))
    }

    /// How long until `cost` units can be taken, in nanoseconds; 0 when they can be now. Of more than the burst it says nothing useful.
    func retryAfter(_ cost: UInt64, arrival: UInt64, at now: UInt64) -> UInt64 {
        let needed = (arrival > now ? arrival - now : 0) &+ min(cost, burst) &* interval
        return needed > tolerance ? needed - tolerance : 0
    }

    /// Whole units that can be taken at once.
    func remaining(arrival: UInt64, at now: UInt64) -> UInt64 {
        let ahead = arrival > now ? arrival - now : 0
        return ahead >= tolerance ? 0 : (tolerance - ahead) / interval
    }
}
