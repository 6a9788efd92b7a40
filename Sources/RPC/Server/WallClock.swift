internal import Glibc
internal import StandardTypes

/// The time of day, for rules about the present.
enum WallClock {
    @Sendable static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        var now = Timestamp()
        now.seconds = Int64(time.tv_sec)
        now.nanos = Int32(truncatingIfNeeded: time.tv_nsec)
        return now
    }
}
