public import Crypto

extension UUIDv7: PostgresValue {
    public static var type: PostgresType { .uuid }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(bigEndian: words.high)
        bytes.append(bigEndian: words.low)
    }

    /// Nil for a UUID of another version.
    public init?(decoding bytes: RawSpan, as type: PostgresType) {
        self.init(bytes: bytes)
    }
}

extension UUIDv7: PostgresElement {
    public static var arrayType: PostgresType { .uuidArray }
}
