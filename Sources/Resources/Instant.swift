public import Postgres
public import StandardTypes

/// A moment in microseconds since 1970-01-01T00:00:00Z: as exact as the database keeps it.
public struct Instant: Hashable, Comparable, Sendable {
    public let unixMicroseconds: Int64

    public init(unixMicroseconds: Int64) { self.unixMicroseconds = unixMicroseconds }

    /// Nil when the timestamp is outside the years 1 to 9999 or its nanoseconds are no part of a second. What is finer than a
    /// microsecond is cut off.
    public init?(_ timestamp: Timestamp) {
        guard Self.seconds.contains(timestamp.seconds), (0..<1_000_000_000).contains(timestamp.nanos) else { return nil }
        unixMicroseconds = timestamp.seconds * 1_000_000 + Int64(timestamp.nanos / 1_000)
    }

    public var unixMilliseconds: Int64 { floored(by: 1_000) }

    public var timestamp: Timestamp {
        var timestamp = Timestamp()
        timestamp.seconds = floored(by: 1_000_000)
        timestamp.nanos = Int32(truncatingIfNeeded: unixMicroseconds - timestamp.seconds * 1_000_000) * 1_000
        return timestamp
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.unixMicroseconds < right.unixMicroseconds }

    public static let flaw = "It is no time between the years 1 and 9999 with 0 to 999999999 nanoseconds."

    private static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    private func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = unixMicroseconds.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Instant: PostgresValue {
    public static var type: PostgresType { .timestamptz }

    public func encode(into bytes: inout [UInt8]) { Timestamptz(unixMicroseconds: unixMicroseconds).encode(into: &bytes) }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let time = Timestamptz(decoding: bytes, as: type) else { return nil }
        self.init(unixMicroseconds: time.unixMicroseconds)
    }
}
