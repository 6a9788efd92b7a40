/// An instant in microseconds since 1970-01-01T00:00:00Z, which is all the precision that a `timestamptz` column has.
///
/// `infinity` and `-infinity` are refused when they are read.
public struct Timestamptz: PostgresValue, Hashable, Comparable {
    public var unixMicroseconds: Int64

    public init(unixMicroseconds: Int64) {
        self.unixMicroseconds = unixMicroseconds
    }

    /// PostgreSQL counts from 2000-01-01T00:00:00Z.
    private static let epochOffsetMicroseconds: Int64 = 946_684_800_000_000

    public static var type: PostgresType { .timestamptz }

    /// A time before the year 292277 BC saturates, which PostgreSQL then refuses (it starts at 4713 BC).
    public func encode(into bytes: inout [UInt8]) {
        let (microseconds, overflow) = unixMicroseconds.subtractingReportingOverflow(Self.epochOffsetMicroseconds)
        bytes.append(bigEndian: overflow ? Int64.min + 1 : microseconds)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let microseconds = Int64(bigEndian: bytes), microseconds != .min, microseconds != .max else { return nil }
        let (unix, overflow) = microseconds.addingReportingOverflow(Self.epochOffsetMicroseconds)
        guard !overflow else { return nil }
        unixMicroseconds = unix
    }

    public static func < (left: Timestamptz, right: Timestamptz) -> Bool {
        left.unixMicroseconds < right.unixMicroseconds
    }
}
