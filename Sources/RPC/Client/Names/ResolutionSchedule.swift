internal import Net

/// When a name is looked up. Pure: one look-up at a time, no two within the least interval, and after a failure with a growing delay.
struct ResolutionSchedule {
    enum Action: Equatable {
        case lookUp
        case wait(until: MonotonicTime)
    }

    private enum State { case resting, waiting, lookingUp }

    private let leastInterval: Duration
    private var backoff: BackoffSchedule
    private var state = State.resting
    private var lastStart: MonotonicTime?

    init(leastInterval: Duration, backoff: ConnectionBackoff) {
        self.leastInterval = leastInterval
        self.backoff = BackoffSchedule(backoff)
    }

    /// Somebody wants to know anew. Nil when that is on its way.
    mutating func want(at now: MonotonicTime) -> Action? {
        guard state == .resting else { return nil }
        if let lastStart, now < lastStart + leastInterval {
            state = .waiting
            return .wait(until: lastStart + leastInterval)
        }
        return lookUp(now)
    }

    /// What `wait` named has come.
    mutating func due(at now: MonotonicTime) -> Action? {
        guard state == .waiting else { return nil }
        return lookUp(now)
    }

    mutating func succeeded() {
        state = .resting
        backoff.reset()
    }

    /// `random` is from 0 up to 1.
    mutating func failed(at now: MonotonicTime, random: Double) -> Action {
        state = .waiting
        return .wait(until: now + backoff.next(random: random))
    }

    /// Nobody needs it now.
    mutating func stop() { state = .resting }

    private mutating func lookUp(_ now: MonotonicTime) -> Action {
        state = .lookingUp
        lastStart = now
        return .lookUp
    }
}
