internal import Crypto

/// The id of a lead: a UUID. The server makes only version 7; a caller may ask for any and is told that there is no such lead.
struct LeadID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    init(_ id: UUIDv7) {
        (high, low) = id.words
    }

    /// Nil unless these are 16 bytes, in network order.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        high = word(bytes[..<8])
        low = word(bytes[8...])
    }

    /// Reads the form of 36 characters (RFC 9562, section 4), in either case; nil for anything else.
    init?(_ text: String) {
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var position = 0
        for character in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard position < 36, let digit = Self.digit(character) else { return nil }
                words.high = words.high << 4 | words.low >> 60
                words.low = words.low << 4 | UInt64(digit)
            }
            position += 1
        }
        guard position == 36 else { return nil }
        (high, low) = words
    }

    /// 16 bytes in network order.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    func append(to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { unsafe bytes.append(contentsOf: $0) }
    }

    /// The form of 36 characters, in lower case.
    var text: String {
        unsafe String(unsafeUninitializedCapacity: 36) { output in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    unsafe output[position] = UInt8(ascii: "-")
                    position += 1
                }
                let digit = (index < 16 ? high : low) >> UInt64(60 - 4 * (index & 15)) & 0xF
                unsafe output[position] = Self.character(UInt8(truncatingIfNeeded: digit))
                position += 1
            }
            return position
        }
    }

    /// The least id of version 7 of a millisecond: what was made before it sorts below, all else at or above. Times before 1970
    /// count as 1970, and those that a UUID or a clock of 64 bits cannot hold as the last one that it can.
    static func first(ofMillisecond unixMilliseconds: Int64) -> LeadID {
        let latest = Int64.max / 1_000_000
        return LeadID(UUIDv7(unixNanoseconds: max(0, min(unixMilliseconds, latest)) * 1_000_000, random: 0))
    }

    static let flaw = "It is no lead id: write a UUID of 36 characters."

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }

    private static func character(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x61 - 10 + digit }
}
