internal import Synchronization

/// How late a loop is with what it has to do: a turn that does not end keeps all its calls waiting.
public struct LoopLag: Sendable, Hashable {
    /// How long the turn that it is in has lasted; zero while it waits for something to do.
    public let now: Duration
    /// The longest turn there was, this one included.
    public let longest: Duration
    /// Turns that lasted longer than 20 ms, this one included: somebody has blocked the loop, or computed on it.
    public let stalls: Int
}

/// What a loop notes of its turns for others to see. Its thread writes, any may read.
struct LoopPulse: ~Copyable, Sendable {
    /// When the turn that it is in began, in nanoseconds; zero between turns.
    private let began = Atomic<UInt64>(0)
    private let longest = Atomic<UInt64>(0)
    private let stalls = Atomic<Int>(0)

    func begin(at time: MonotonicTime) {
        began.store(time.nanoseconds, ordering: .relaxed)
    }

    func end(at time: MonotonicTime) {
        let duration = time.nanoseconds &- began.load(ordering: .relaxed)
        if duration > longest.load(ordering: .relaxed) { longest.store(duration, ordering: .relaxed) }
        if duration > LoopPulse.stall { stalls.wrappingAdd(1, ordering: .relaxed) }
        began.store(0, ordering: .relaxed)
    }

    func lag(at time: MonotonicTime) -> LoopLag {
        let began = began.load(ordering: .relaxed)
        // The turn may have begun after `time` was read.
        let now = began == 0 || began > time.nanoseconds ? 0 : time.nanoseconds - began
        return LoopLag(
            now: .nanoseconds(Int64(clamping: now)),
            longest: .nanoseconds(Int64(clamping: max(now, longest.load(ordering: .relaxed)))),
            stalls: stalls.load(ordering: .relaxed) + (now > LoopPulse.stall ? 1 : 0))
    }

    private static let stall = UInt64(Limits.stall.wholeNanoseconds)
}
