import Protobuf

/// A generator whose numbers follow from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Writes random messages of any type in the binary format, fields in any order, guided by descriptors.
struct RandomMessage {
    var random: SeededGenerator

    mutating func bytes(_ message: MessageDescriptor, depth: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in message.fields.shuffled(using: &random) where Int.random(in: 0..<3, using: &random) == 0 {
            if message.message(of: field) != nil, depth > 3 {
                continue
            }
            let count = field.isRepeated ? Int.random(in: 0...3, using: &random) : 1
            for _ in 0..<count {
                bytes += varint(UInt64(field.number.magnitude) << 3 | UInt64(field.kind.wireType))
                bytes += value(of: field, in: message, depth: depth)
            }
        }
        return bytes
    }

    private mutating func value(of field: FieldDescriptor, in message: MessageDescriptor, depth: Int) -> [UInt8] {
        if let inner = message.message(of: field) {
            return block(bytes(inner, depth: depth + 1))
        }
        switch field.kind {
        case .double, .fixed64, .sfixed64: return (0..<8).map { _ in UInt8.random(in: 0...0x7E, using: &random) }
        case .float, .fixed32, .sfixed32: return (0..<4).map { _ in UInt8.random(in: 0...0x7E, using: &random) }
        case .bytes: return block((0..<Int.random(in: 0..<20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        case .string: return block(text())
        // JSON has one null for all of its numbers.
        case .enum where message.enumeration(of: field)?.fullName == "google.protobuf.NullValue": return [0]
        case .bool: return [UInt8.random(in: 0...1, using: &random)]
        default: return varint(UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random))
        }
    }

    // No two of these are canonically equal, which Swift's dictionaries could not tell apart.
    private mutating func text() -> [UInt8] {
        let letters = ["a", "Z", "_", "\"", "\\", "\n", "\u{0}", "ß", "漢", "🦀", "\u{2028}", "/"]
        return (0..<Int.random(in: 0..<12, using: &random)).flatMap { _ in [UInt8](letters.randomElement(using: &random)?.utf8 ?? "".utf8) }
    }

    private func block(_ bytes: [UInt8]) -> [UInt8] { varint(UInt64(bytes.count)) + bytes }

    private func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + varint(value >> 7)
    }

    /// Changes a few bytes.
    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where index < bytes.count: bytes.remove(at: index)
            case 1 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &random)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            }
        }
        return bytes
    }
}
