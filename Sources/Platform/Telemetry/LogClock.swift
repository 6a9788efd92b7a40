internal import Glibc

/// The time in front of each line: RFC 3339 in UTC, with milliseconds. The calendar is asked once a second.
struct LogClock {
    private var second = Int.min
    private var untilSecond: [UInt8] = []

    mutating func append(to bytes: inout [UInt8]) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        if now.tv_sec != second {
            second = now.tv_sec
            untilSecond = Self.calendar(second)
        }
        bytes.append(contentsOf: untilSecond)
        let milliseconds = now.tv_nsec / 1_000_000
        for digit in [milliseconds / 100 % 10, milliseconds / 10 % 10, milliseconds % 10] {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    /// `2026-01-02T03:04:05.`
    private static func calendar(_ second: Int) -> [UInt8] {
        var second = second
        var parts = unsafe tm()
        unsafe gmtime_r(&second, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(unsafe parts.tm_year &+ 1900)-\(two(unsafe parts.tm_mon &+ 1))-\(two(unsafe parts.tm_mday))"
        return Array("\(date)T\(two(unsafe parts.tm_hour)):\(two(unsafe parts.tm_min)):\(two(unsafe parts.tm_sec)).".utf8)
    }
}
