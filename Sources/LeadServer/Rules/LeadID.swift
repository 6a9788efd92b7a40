internal import Crypto

/// The id of a lead: a UUID. The server makes only version 7; a caller may ask for any and is told that there is no such lead.
struct LeadID: Hashable, Sendable {
    /// 16 bytes in network order.
    let bytes: [UInt8]

    init(_ id: UUIDv7) { bytes = id.bytes }

    /// Nil unless these are 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the form of 36 characters (RFC 9562, section 4), in either case; nil for anything else.
    init?(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        var position = 0
        for character in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard character == UInt8(ascii: "-") else { return nil }
            } else {
                guard position < 36, let digit = Self.digit(character) else { return nil }
                if let first = high {
                    bytes.append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            }
            position += 1
        }
        self.init(bytes: bytes)
    }

    /// The form of 36 characters, in lower case.
    var text: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(Self.character(byte >> 4))
            text.append(Self.character(byte & 0xF))
        }
        return String(decoding: text, as: UTF8.self)
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
