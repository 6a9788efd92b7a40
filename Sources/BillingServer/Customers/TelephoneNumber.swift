/// A telephone number as ITU-T E.164 writes it for the whole world: `+`, country code, number.
struct TelephoneNumber: Hashable, Sendable, CustomStringConvertible {
    let description: String

    /// What people write: with spaces, hyphens, dots and parentheses, `00` instead of `+`, and Indian numbers with or without their `0` or
    /// their country code.
    ///
    /// - Throws: `phoneMalformed`.
    init(_ text: String) throws(BillingError) {
        var bytes: [UInt8] = []
        for (position, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): continue
            case UInt8(ascii: "+") where position == 0, 0x30...0x39: bytes.append(byte)
            default: throw .phoneMalformed
            }
        }
        let digits = Self.international(bytes)
        guard Self.lengths.contains(digits.count), digits.first != UInt8(ascii: "0") else { throw .phoneMalformed }
        description = "+" + String(decoding: digits, as: UTF8.self)
    }

    /// Country code and number; too few digits where it is neither.
    private static func international(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let (plus, zero) = (UInt8(ascii: "+"), UInt8(ascii: "0"))
        if bytes.first == plus { return bytes[1...] }
        if bytes.starts(with: [zero, zero]) { return bytes[2...] }
        if bytes.count == 10, bytes.first != zero { return (india + bytes)[...] }
        if bytes.count == 11, bytes.first == zero { return (india + bytes[1...])[...] }
        if bytes.count == 12, bytes.starts(with: india) { return bytes[...] }
        return []
    }

    private static let india = Array("91".utf8)
    /// E.164 has at most fifteen; no country has numbers so short that they and its code have fewer than eight.
    private static let lengths = 8...15
}
