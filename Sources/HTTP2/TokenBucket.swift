internal import Net

/// So many at once, refilled with so many a second: what a peer may do now and then, and not all the time.
struct TokenBucket {
    private let burst: UInt64
    private let perSecond: UInt64
    private var tokens: UInt64
    private var filled: MonotonicTime

    init(burst: UInt64, perSecond: UInt64, at time: MonotonicTime) {
        self.burst = burst
        self.perSecond = perSecond
        tokens = burst
        filled = time
    }

    /// False when there is none left.
    mutating func take(at time: MonotonicTime) -> Bool {
        refill(at: time)
        guard tokens > 0 else { return false }
        tokens -= 1
        return true
    }

    /// Puts `count` in, as far as there is room.
    mutating func add(_ count: UInt64) {
        tokens = count >= burst - tokens ? burst : tokens + count
    }

    private mutating func refill(at time: MonotonicTime) {
        guard time > filled, perSecond > 0 else { return }
        let nanosecondsForOne = max(1, 1_000_000_000 / perSecond)
        let count = (time.nanoseconds - filled.nanoseconds) / nanosecondsForOne
        // Time that has not made a whole token counts for the next one.
        filled.nanoseconds += count * nanosecondsForOne
        add(count)
    }
}
