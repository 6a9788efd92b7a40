public import Net

/// Whether a destination is worth calling: closed while it works, open after several failures in a row, and then half-open, when a single
/// probe finds out whether it works again. A pure state machine: the caller brings the time.
public struct Breaker: Sendable, Hashable {
    enum State: Sendable, Hashable {
        case closed(failures: Int)
        case open(until: MonotonicTime, pause: Duration)
        /// The probe of this number is under way.
        case halfOpen(probe: UInt64, pause: Duration)
    }

    /// An attempt that was let through; it is handed back with the attempt's end.
    public struct Pass: Sendable, Hashable {
        /// A probe has a number; of the others the breaker need not know which they are.
        let probe: UInt64?
    }

    public enum Verdict: Sendable, Hashable {
        case pass(Pass)
        case refused(retryAfter: Duration)
    }

    public enum Ending: Sendable, Hashable {
        /// The destination answered, if only to refuse this message.
        case worked
        case failed
        /// It was given up before anything could be learnt.
        case abandoned
    }

    /// What an operator wants to hear of, once each.
    public enum Change: Sendable, Hashable {
        case opened(retryAfter: Duration)
        case closed
    }

    private(set) var state = State.closed(failures: 0)
    private var probes: UInt64 = 0

    public init() {}

    /// Nothing is remembered of a destination that works: a new breaker is the same.
    var isAtRest: Bool { state == .closed(failures: 0) }

    public mutating func admit(at now: MonotonicTime) -> Verdict {
        switch state {
        case .closed:
            return .pass(Pass(probe: nil))
        case .open(let until, let pause):
            guard now >= until else { return .refused(retryAfter: until - now) }
            probes &+= 1
            state = .halfOpen(probe: probes, pause: pause)
            return .pass(Pass(probe: probes))
        case .halfOpen(_, let pause):
            return .refused(retryAfter: pause)
        }
    }

    /// - Returns: what has changed by it, if anything.
    public mutating func end(_ pass: Pass, _ ending: Ending, at now: MonotonicTime) -> Change? {
        switch (state, ending) {
        case (.closed, .worked):
            state = .closed(failures: 0)
            return nil
        case (.closed(let failures), .failed):
            guard failures + 1 >= Limits.breakerFailures else {
                state = .closed(failures: failures + 1)
                return nil
            }
            return open(at: now, pause: Limits.breakerFirstPause)
        case (.closed, .abandoned):
            return nil
        // Attempts that began before it opened say nothing new.
        case (.open, _):
            return nil
        case (.halfOpen(let probe, let pause), _):
            guard pass.probe == probe else { return nil }
            switch ending {
            case .worked:
                state = .closed(failures: 0)
                return .closed
            case .failed:
                return open(at: now, pause: min(pause + pause, Limits.breakerLongestPause))
            case .abandoned:
                state = .open(until: now, pause: pause)
                return nil
            }
        }
    }

    private mutating func open(at now: MonotonicTime, pause: Duration) -> Change {
        state = .open(until: now + pause, pause: pause)
        return .opened(retryAfter: pause)
    }
}
