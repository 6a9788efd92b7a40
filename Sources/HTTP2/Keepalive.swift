public import Net

/// When a silent connection is asked for a sign of life, and when it is given up (gRFC A8 for clients, A9 for servers).
///
/// Pure: it is told the time, and says what to do. Silence is counted from the last byte that was read, whatever it was: a peer that
/// talks needs no PING, and any byte after one is an answer to it.
public struct Keepalive: Sendable {
    public struct Policy: Sendable, Hashable {
        /// Silence after which a PING is sent; nil for never.
        public var time: Duration?
        /// How long the peer may take to say anything at all after that. What it takes a mobile link to come back.
        public var timeout: Duration
        /// Ask while no stream is open, too. Many servers take that ill: agree with them first.
        public var permitsWithoutStreams: Bool

        public init(time: Duration? = nil, timeout: Duration = .seconds(20), permitsWithoutStreams: Bool = false) {
            self.time = time
            self.timeout = timeout
            self.permitsWithoutStreams = permitsWithoutStreams
        }

        public static let off = Policy()
    }

    public enum Action: Sendable, Hashable {
        /// Nothing now; wake again then, or, with nil, not before a stream is opened.
        case sleep(until: MonotonicTime?)
        /// Send a PING, and wake again then.
        case ping(wakeAt: MonotonicTime)
        /// The peer is gone.
        case giveUp
    }

    private enum State {
        case watching
        case waiting(since: MonotonicTime)
        /// No stream is open, and without one nothing is asked.
        case dormant
    }

    private let time: Duration
    private let policy: Policy
    private var state = State.watching
    private var lastRead: MonotonicTime

    /// Nil when the policy says never.
    public init?(_ policy: Policy, at now: MonotonicTime) {
        guard let time = policy.time else { return nil }
        self.time = time
        self.policy = policy
        lastRead = now
    }

    /// Bytes came from the peer.
    public mutating func received(at now: MonotonicTime) { lastRead = now }

    /// The time that `sleep` or `ping` named has come.
    public mutating func wake(at now: MonotonicTime, openStreams: Int) -> Action {
        if case .waiting(let since) = state {
            guard lastRead < since else {
                state = .watching
                return watch(at: now, openStreams)
            }
            let end = since + policy.timeout
            return now >= end ? .giveUp : .sleep(until: min(end, now + time))
        }
        return watch(at: now, openStreams)
    }

    /// A stream is about to be opened. After a long silence the PING goes before it: nil when there is nothing to change.
    public mutating func streamOpens(at now: MonotonicTime) -> Action? {
        guard case .dormant = state else { return nil }
        return watch(at: now, 1)
    }

    private mutating func watch(at now: MonotonicTime, _ openStreams: Int) -> Action {
        guard openStreams > 0 || policy.permitsWithoutStreams else {
            state = .dormant
            return .sleep(until: nil)
        }
        let due = lastRead + time
        guard now >= due else {
            state = .watching
            return .sleep(until: due)
        }
        state = .waiting(since: now)
        // An answer begins a new time of silence, which may be over before the timeout is.
        return .ping(wakeAt: now + min(time, policy.timeout))
    }
}
