internal import Glibc

/// The time of the day as this module asks for it; a test brings one of its own.
public struct WallClock: Sendable {
    /// Microseconds since 1970, which is PostgreSQL's precision.
    public let unixMicroseconds: @Sendable () -> Int64

    public init(unixMicroseconds: @escaping @Sendable () -> Int64) {
        self.unixMicroseconds = unixMicroseconds
    }

    public static let system = WallClock {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    var unixSeconds: Int64 { unixMicroseconds() / 1_000_000 }
}
