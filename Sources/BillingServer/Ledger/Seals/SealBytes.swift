/// Bytes that say the same on every machine: numbers with the high byte first, texts and lists with their length before them, four bytes,
/// so that no two things give the same bytes.
struct SealBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(_ id: RecordID) { append(id.value) }

    mutating func append(_ text: String) {
        append(UInt32(truncatingIfNeeded: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Bytes whose number is known from what stands before them.
    mutating func append(raw other: [UInt8]) { bytes.append(contentsOf: other) }
}
