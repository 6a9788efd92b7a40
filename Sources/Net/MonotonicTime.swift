internal import Glibc

/// An instant of the machine's monotonic clock (`CLOCK_MONOTONIC`), in nanoseconds; it never jumps and means nothing on another machine.
public struct MonotonicTime: Comparable, Hashable, Sendable {
    public var nanoseconds: UInt64

    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    public static let distantFuture = MonotonicTime(nanoseconds: .max)

    public static func now() -> MonotonicTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at `distantFuture` and at zero, so that a peer's absurd timeout is merely a long one.
    public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let nanoseconds = duration.wholeNanoseconds
        if nanoseconds >= 0 {
            let (sum, overflow) = time.nanoseconds.addingReportingOverflow(UInt64(nanoseconds))
            return overflow ? .distantFuture : MonotonicTime(nanoseconds: sum)
        }
        let (difference, overflow) = time.nanoseconds.subtractingReportingOverflow(nanoseconds.magnitude)
        return MonotonicTime(nanoseconds: overflow ? 0 : difference)
    }

    /// The time from `right` to `left`, negative when `left` is earlier; saturates at ±292 years.
    public static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        if left >= right {
            return .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds))
        }
        return .nanoseconds(-Int64(clamping: right.nanoseconds - left.nanoseconds))
    }
}

extension Duration {
    /// This duration in nanoseconds, saturated to `Int64`.
    public var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        if carry { return seconds < 0 ? .min : .max }
        return sum
    }
}
