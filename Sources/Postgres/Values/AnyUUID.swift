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
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        var bytes: [UInt8] = []
        var index = 0
        while index < 36 {
            if [8, 13, 18, 23].contains(index) {
                guard characters[index] == UInt8(ascii: "-") else { return nil }
                index += 1
                continue
            }
            guard let high = Character(Unicode.Scalar(characters[index])).hexDigitValue,
                let low = Character(Unicode.Scalar(characters[index + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high * 16 + low))
            index += 2
        }
        self.init(bytes: bytes)
    }

    public var description: String {
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
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
