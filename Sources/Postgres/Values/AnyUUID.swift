public import Crypto

/// A UUID of any version, such as one that another system made. Our own are `UUIDv7`.
public struct AnyUUID: PostgresValue, Hashable, LosslessStringConvertible {
    /// 16 bytes.
    public let bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// All bits zero: no thing at all (RFC 9562, section 5.9).
    public static let none = AnyUUID(checked: Array(repeating: 0, count: 16))

    public init(_ uuid: UUIDv7) {
        self.init(checked: uuid.bytes)
    }

    private init(checked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 32 hexadecimal digits of either case with hyphens after the 8th, 12th, 16th and 20th (RFC 9562, section 4); nil for anything else.
    public init?(_ text: String) {
        guard let words = UUIDText.words(text) else { return nil }
        var bytes: [UInt8] = []
        bytes.append(bigEndian: words.high)
        bytes.append(bigEndian: words.low)
        self.init(checked: bytes)
    }

    public var description: String {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return UUIDText.of(high: word(bytes[..<8]), low: word(bytes[8...]))
    }

    public static var type: PostgresType { .uuid }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: self.bytes)
    }

    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(bytes: unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })
    }
}

extension AnyUUID: PostgresElement {
    public static var arrayType: PostgresType { .uuidArray }
}
