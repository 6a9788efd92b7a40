/// A key of a map. The keys of one map are all of one kind.
@safe
enum DecodedKey {
    case signed(Int64)
    case unsigned(UInt64)
    case text(UnsafeBufferPointer<UInt8>)

    /// Reads a key of the binary format. That of a string is valid as long as the decoder's bytes.
    init(_ shape: JSONShape, _ decoder: inout Decoder) throws(DecodeError) {
        switch shape {
        case .string: self = unsafe .text(try decoder.text())
        case .bool: self = .unsigned(try decoder.bool() ? 1 : 0)
        case .int32: self = .signed(Int64(try decoder.int32()))
        case .sint32: self = .signed(Int64(try decoder.sint32()))
        case .sfixed32: self = .signed(Int64(try decoder.sfixed32()))
        case .int64: self = .signed(try decoder.int64())
        case .sint64: self = .signed(try decoder.sint64())
        case .sfixed64: self = .signed(try decoder.sfixed64())
        case .uint32: self = .unsigned(UInt64(try decoder.uint32()))
        case .fixed32: self = .unsigned(UInt64(try decoder.fixed32()))
        case .fixed64: self = .unsigned(try decoder.fixed64())
        default: self = .unsigned(try decoder.uint64())
        }
    }

    /// The key of an entry that has none.
    init(defaultOf shape: JSONShape) {
        switch shape {
        case .string: self = unsafe .text(UnsafeBufferPointer(start: nil, count: 0))
        default: self = shape.isSigned ? .signed(0) : .unsigned(0)
        }
    }

    static func < (first: DecodedKey, second: DecodedKey) -> Bool {
        switch (first, second) {
        case (.signed(let first), .signed(let second)): first < second
        case (.unsigned(let first), .unsigned(let second)): first < second
        case (.text(let first), .text(let second)): unsafe first.precedes(second)
        default: false
        }
    }

    /// Bytes that are in the order of the keys: text itself; numbers big-endian, and with the sign the other way round.
    var orderedBytes: [UInt8] {
        switch self {
        case .signed(let number): DecodedKey.unsigned(UInt64(bitPattern: number) ^ 1 << 63).orderedBytes
        case .unsigned(let number): (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        case .text(let text): unsafe [UInt8](text)
        }
    }
}
