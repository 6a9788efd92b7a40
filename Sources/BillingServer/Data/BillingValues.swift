internal import Postgres
internal import Resources

extension RecordID: PostgresValue {
    static var type: PostgresType { .uuid }

    func encode(into bytes: inout [UInt8]) {
        for shift in stride(from: 120, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt128(shift))) }
    }

    init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard bytes.byteCount == 16 else { return nil }
        self.init(unsafe bytes.withUnsafeBytes { bytes in unsafe bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } })
    }
}

extension RecordID: PostgresElement {
    static var arrayType: PostgresType { .uuidArray }
}

extension CivilDate: PostgresValue {
    static var type: PostgresType { .date }

    func encode(into bytes: inout [UInt8]) { CalendarDate(year: year, month: month, day: day)?.encode(into: &bytes) }

    init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let date = CalendarDate(decoding: bytes, as: type) else { return nil }
        self.init(year: date.year, month: date.month, day: date.day)
    }
}

extension CivilDate: PostgresElement {
    static var arrayType: PostgresType { .dateArray }
}

extension Instant {
    /// A clock that was set back must not let anything seem older than it was.
    func orLater(_ other: Instant) -> Instant { self < other ? other : self }
}
