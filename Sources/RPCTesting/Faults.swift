/// What goes wrong in a simulated network, and how often. Shares are from 0 (never) to 1 (always).
public struct Faults: Sendable, Hashable {
    /// Bytes take from nothing to this long; so do connects, which therefore overtake each other.
    public var longestDelay: Duration = .zero
    /// Of writes and reads that move only a part of what they could, from one byte on.
    public var splits = 0.0
    /// Of connects that are refused.
    public var refusedConnects = 0.0
    /// Of writes after which the connection is reset on both sides, and what is on the way is lost.
    public var resets = 0.0
    /// Of arrivals after which the receiver does not read for up to `longestPause`.
    public var slowReads = 0.0
    public var longestPause: Duration = .seconds(1)
    /// Of the kernel's buffers that hold only from 64 bytes to some KiB, for each direction of a connection.
    public var smallBuffers = 0.0
    /// Of moments with nothing to do in which the clock goes up to `longestJump` beyond the next thing to come: all that is due then
    /// comes late, and at once.
    public var clockJumps = 0.0
    public var longestJump: Duration = .seconds(2)
    /// Of turns after which a server tells one of its clients to go elsewhere (GOAWAY).
    public var goAways = 0.0

    public init() {}

    /// A perfect network; only who runs first is left to chance.
    public static let none = Faults()

    /// Slow and cut up, but nothing is lost: every call without a deadline succeeds.
    public static var delays: Faults {
        var faults = Faults()
        faults.longestDelay = .milliseconds(40)
        faults.splits = 0.3
        faults.slowReads = 0.02
        faults.smallBuffers = 0.3
        return faults
    }

    /// All there are: calls fail with UNAVAILABLE, too.
    public static var all: Faults {
        var faults = Faults.delays
        faults.refusedConnects = 0.1
        faults.resets = 0.003
        faults.clockJumps = 0.01
        faults.goAways = 0.001
        return faults
    }
}
