internal import Crypto

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
        guard let words = UUIDText.words(text) else { return nil }
        (high, low) = words
    }

    var description: String { UUIDText.of(high: high, low: low) }

    static func < (left: RecordID, right: RecordID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
