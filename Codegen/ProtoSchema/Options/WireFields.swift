/// The fields of what `WireWriter` wrote, one after the other.
struct WireFields: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        rest = ArraySlice(bytes)
    }

    /// A field's number, and what it holds if that is length-delimited.
    mutating func next() -> (number: Int32, content: ArraySlice<UInt8>)? {
        guard !rest.isEmpty else { return nil }
        let tag = varint()
        var content: ArraySlice<UInt8> = []
        switch WireWriter.WireType(rawValue: tag & 7) {
        case .varint: _ = varint()
        case .fixed64: rest = rest.dropFirst(8)
        case .fixed32: rest = rest.dropFirst(4)
        case .lengthDelimited:
            let count = Int(clamping: varint())
            content = rest.prefix(count)
            rest = rest[content.endIndex...]
        case nil: rest = []
        }
        return (Int32(truncatingIfNeeded: tag >> 3), content)
    }

    private mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return value
    }

    /// Whether the field has a value that these numbers lead to, from the outermost on: each statement of its own may have set a part.
    func contains(path: ArraySlice<Int32>) -> Bool {
        guard let number = path.first else { return true }
        return contains { $0.number == number && (path.count == 1 || WireFields($0.content).contains(path: path.dropFirst())) }
    }
}
