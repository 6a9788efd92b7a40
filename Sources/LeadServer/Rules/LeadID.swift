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
        guard let words = UUIDText.words(text) else { return nil }
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
    var text: String { UUIDText.of(high: high, low: low) }

    /// The least id of version 7 of a millisecond: what was made before it sorts below, all else at or above. Times before 1970
    /// count as 1970, and those that a UUID or a clock of 64 bits cannot hold as the last one that it can.
    static func first(ofMillisecond unixMilliseconds: Int64) -> LeadID {
        let latest = Int64.max / 1_000_000
        return LeadID(UUIDv7(unixNanoseconds: max(0, min(unixMilliseconds, latest)) * 1_000_000, random: 0))
    }

    static let flaw = "It is no lead id: write a UUID of 36 characters."
}
