internal import Glibc

/// The wall clock, for dates that leave the machine: tokens and certificates. Durations are measured with `Net.MonotonicTime`.
public enum UnixTime {
    /// Seconds since 1970.
    public static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }

    /// The same from the kernel's last tick, some milliseconds ago at most, for a third of the price: for what every call asks.
    static func coarse() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Int64(time.tv_sec)
    }
}
