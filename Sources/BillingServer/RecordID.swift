/// The id of a record: a UUID (RFC 9562), written in 36 characters.
struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Halves, and not one number: an asynchronous function that returns what is aligned to 16 bytes jumps into nowhere (Swift 6.3).
    private let high: UInt64
    private let low: UInt64

    var value: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// All bits zero: no record at all.
    static let none = RecordID(0)

    init(_ value: UInt128) {
        high = UInt64(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value)
    }

    /// The least of those made in a millisecond: a UUIDv7 begins with its time (RFC 9562, 5.7), so that the records of a time are found by their ids.
    static func first(ofMillisecond unixMilliseconds: Int64) -> RecordID { RecordID(UInt128(max(0, unixMilliseconds)) << 80) }

    /// Nil when the text is no UUID. Letters may be in upper case.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count == 36 else { return nil }
        var value: UInt128 = 0
        for (position, byte) in bytes.enumerated() {
            if Self.hyphens.contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.hexDigit(byte) else { return nil }
            value = value << 4 | UInt128(digit)
        }
        self.init(value)
    }

    var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for nibble in 0..<32 {
            if Self.hyphens.contains(bytes.count) { bytes.append(UInt8(ascii: "-")) }
            let digit = UInt8(truncatingIfNeeded: value >> UInt128(124 - 4 * nibble)) & 0xF
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func < (left: RecordID, right: RecordID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    private static let hyphens = [8, 13, 18, 23]

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
