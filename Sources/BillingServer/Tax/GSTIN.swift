/// A registration under GST: state (2 digits), PAN (10), the registrations of that PAN in that state (1), Z, and a check character.
struct GSTIN: Hashable, Sendable, CustomStringConvertible {
    let description: String
    let state: StateCode

    /// - Throws: `gstinMalformed`, or `gstinChecksum` when only the last character is wrong.
    init(_ text: String) throws(BillingError) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.pattern.count else { throw .gstinMalformed }
        for (byte, kind) in zip(bytes, Self.pattern) where !kind.allows(byte) { throw .gstinMalformed }
        guard let state = StateCode(String(decoding: bytes[..<2], as: UTF8.self)) else { throw .gstinMalformed }
        guard bytes.last == Self.check(bytes.dropLast()) else { throw .gstinChecksum }
        description = text
        self.state = state
    }

    /// The permanent account number within.
    var pan: String { String(description.dropFirst(2).prefix(10)) }

    /// Luhn's algorithm over 36 characters, factors 1 and 2 in turn from the left.
    private static func check(_ bytes: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        for (position, byte) in bytes.enumerated() {
            let product = value(of: byte) * (position % 2 + 1)
            sum += product / 36 + product % 36
        }
        let rest = (36 - sum % 36) % 36
        return UInt8(truncatingIfNeeded: rest < 10 ? 0x30 + rest : 0x37 + rest)
    }

    private static func value(of byte: UInt8) -> Int { byte < 0x3A ? Int(byte) - 0x30 : Int(byte) - 0x37 }

    private enum Kind {
        case digit, letter, either, z

        func allows(_ byte: UInt8) -> Bool {
            let isDigit = (0x30...0x39).contains(byte)
            let isLetter = (0x41...0x5A).contains(byte)
            return switch self {
            case .digit: isDigit
            case .letter: isLetter
            case .either: isDigit || isLetter
            case .z: byte == UInt8(ascii: "Z")
            }
        }
    }

    private static let pattern: [Kind] =
        [.digit, .digit] + Array(repeating: .letter, count: 5) + Array(repeating: .digit, count: 4) + [.letter, .either, .z, .either]
}
