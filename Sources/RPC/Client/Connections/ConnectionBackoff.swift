/// How long a client waits between attempts to connect (grpc/doc/connection-backoff.md, whose numbers these are).
public struct ConnectionBackoff: Sendable, Hashable {
    /// From the start of the first failed attempt to the second.
    public var initial: Duration = .seconds(1)
    /// Each wait is so many times the one before.
    public var multiplier = 1.6
    /// Each wait is longer or shorter by up to this share, so that clients do not come back all at once.
    public var jitter = 0.2
    public var longest: Duration = .seconds(120)
    /// An attempt is not given up before this, however short the wait is.
    public var leastConnectTimeout: Duration = .seconds(20)

    public init() {}
}

/// The waits of one address. Pure: randomness is handed in.
struct BackoffSchedule {
    let policy: ConnectionBackoff
    private var last: Duration?

    init(_ policy: ConnectionBackoff) {
        self.policy = policy
    }

    /// The next wait, counted from the start of the attempt before it. `random` is from 0 up to 1.
    mutating func next(random: Double) -> Duration {
        guard let last else {
            self.last = policy.initial
            return policy.initial
        }
        let grown = min(last * policy.multiplier, policy.longest)
        self.last = grown
        return grown * (1 + policy.jitter * (2 * random - 1))
    }

    mutating func reset() { last = nil }
}
