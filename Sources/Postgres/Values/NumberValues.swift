extension Int16: PostgresValue {
    public static var type: PostgresType { .int2 }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: self)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(bigEndian: bytes)
    }
}

extension Int32: PostgresValue {
    public static var type: PostgresType { .int4 }

    public static func accepts(_ type: PostgresType) -> Bool {
        type == .int4 || type == .int2
    }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: self)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(widening: bytes)
    }
}

extension Int64: PostgresValue {
    public static var type: PostgresType { .int8 }

    public static func accepts(_ type: PostgresType) -> Bool {
        type == .int8 || type == .int4 || type == .int2
    }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: self)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(widening: bytes)
    }
}

extension Int: PostgresValue {
    public static var type: PostgresType { .int8 }

    public static func accepts(_ type: PostgresType) -> Bool {
        Int64.accepts(type)
    }

    public func encode(into bytes: inout [UInt8]) {
        Int64(self).encode(into: &bytes)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(widening: bytes)
    }
}

extension Double: PostgresValue {
    public static var type: PostgresType { .float8 }

    public static func accepts(_ type: PostgresType) -> Bool {
        type == .float8 || type == .float4
    }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: bitPattern)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        if bytes.byteCount == 4 {
            guard let pattern = UInt32(bigEndian: bytes) else { return nil }
            self.init(Float(bitPattern: pattern))
        } else {
            guard let pattern = UInt64(bigEndian: bytes) else { return nil }
            self.init(bitPattern: pattern)
        }
    }
}

extension Float: PostgresValue {
    public static var type: PostgresType { .float4 }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: bitPattern)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let pattern = UInt32(bigEndian: bytes) else { return nil }
        self.init(bitPattern: pattern)
    }
}

extension Bool: PostgresValue {
    public static var type: PostgresType { .bool }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(self ? 1 : 0)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        guard let byte = UInt8(bigEndian: bytes), byte <= 1 else { return nil }
        self = byte == 1
    }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
    /// Nil unless the bytes are exactly as many as this type has.
    init?(bigEndian bytes: RawSpan) {
        guard bytes.byteCount == MemoryLayout<Self>.size else { return nil }
        self = Self(bigEndian: unsafe bytes.unsafeLoadUnaligned(as: Self.self))
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// Reads an int2, int4 or int8 by its length, if it is no longer than this type.
    fileprivate init?(widening bytes: RawSpan) {
        switch bytes.byteCount {
        case 2:
            guard let value = Int16(bigEndian: bytes) else { return nil }
            self.init(exactly: value)
        case 4:
            guard let value = Int32(bigEndian: bytes) else { return nil }
            self.init(exactly: value)
        case 8:
            guard let value = Int64(bigEndian: bytes) else { return nil }
            self.init(exactly: value)
        default:
            return nil
        }
    }
}

extension [UInt8] {
    mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }
}
