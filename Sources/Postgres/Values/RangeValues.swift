/// A type whose ranges PostgreSQL has a type for: `int8range` for `Int64`.
public protocol PostgresBound: PostgresValue {
    static var rangeType: PostgresType { get }
}

/// A range of PostgreSQL (section 8.17 of its manual): empty, or with an end on each side that may be missing.
public struct PostgresRange<Bound: PostgresBound & Hashable>: PostgresValue, Hashable {
    public struct End: Hashable, Sendable {
        public var bound: Bound
        public var isIncluded: Bool

        public init(_ bound: Bound, isIncluded: Bool) {
            self.bound = bound
            self.isIncluded = isIncluded
        }
    }

    public let isEmpty: Bool
    /// Nil where it has no end.
    public let lower: End?
    public let upper: End?

    public static var empty: PostgresRange { PostgresRange(isEmpty: true, lower: nil, upper: nil) }

    public init(lower: End?, upper: End?) {
        self.init(isEmpty: false, lower: lower, upper: upper)
    }

    private init(isEmpty: Bool, lower: End?, upper: End?) {
        self.isEmpty = isEmpty
        self.lower = lower
        self.upper = upper
    }

    public static var type: PostgresType { Bound.rangeType }

    /// The form of `range_send`: flags, then each end's length and bytes.
    public func encode(into bytes: inout [UInt8]) {
        var flags: RangeFlags = isEmpty ? .empty : []
        if !isEmpty, lower == nil { flags.insert(.lowerInfinite) }
        if !isEmpty, upper == nil { flags.insert(.upperInfinite) }
        if lower?.isIncluded == true { flags.insert(.lowerIncluded) }
        if upper?.isIncluded == true { flags.insert(.upperIncluded) }
        bytes.append(flags.rawValue)
        for end in [lower, upper] {
            guard let end else { continue }
            var encoded: [UInt8] = []
            end.bound.encode(into: &encoded)
            bytes.append(bigEndian: Int32(clamping: encoded.count))
            bytes.append(contentsOf: encoded)
        }
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard bytes.byteCount >= 1, let first = UInt8(bigEndian: bytes.extracting(0..<1)) else { return nil }
        let flags = RangeFlags(rawValue: first)
        var position = 1
        func end(isIncluded: Bool) -> End? {
            guard bytes.byteCount - position >= 4, let length = Int32(bigEndian: bytes.extracting(position..<position + 4)), length >= 0,
                Int(length) <= bytes.byteCount - position - 4
            else { return nil }
            position += 4
            defer { position += Int(length) }
            let value = bytes.extracting(position..<position + Int(length))
            return Bound(decoding: value, as: Bound.type).map { End($0, isIncluded: isIncluded) }
        }
        var (lower, upper): (End?, End?)
        if flags.isDisjoint(with: [.empty, .lowerInfinite]) {
            guard let end = end(isIncluded: flags.contains(.lowerIncluded)) else { return nil }
            lower = end
        }
        if flags.isDisjoint(with: [.empty, .upperInfinite]) {
            guard let end = end(isIncluded: flags.contains(.upperIncluded)) else { return nil }
            upper = end
        }
        guard position == bytes.byteCount else { return nil }
        self.init(isEmpty: flags.contains(.empty), lower: lower, upper: upper)
    }
}

/// The first byte of a range (utils/rangetypes.h).
private struct RangeFlags: OptionSet {
    let rawValue: UInt8
    static let empty = RangeFlags(rawValue: 0x01)
    static let lowerIncluded = RangeFlags(rawValue: 0x02)
    static let upperIncluded = RangeFlags(rawValue: 0x04)
    static let lowerInfinite = RangeFlags(rawValue: 0x08)
    static let upperInfinite = RangeFlags(rawValue: 0x10)
}

extension Int32: PostgresBound {
    public static var rangeType: PostgresType { .int4range }
}

extension Int64: PostgresBound {
    public static var rangeType: PostgresType { .int8range }
}

extension ExactNumeric: PostgresBound {
    public static var rangeType: PostgresType { .numrange }
}

extension CalendarDate: PostgresBound {
    public static var rangeType: PostgresType { .daterange }
}

extension Timestamptz: PostgresBound {
    public static var rangeType: PostgresType { .tstzrange }
}
