/// A key of a map. The keys of one map are all of one kind.
@safe
enum DecodedKey {
    case signed(Int64)
    case unsigned(UInt64)
    case text(UnsafeBufferPointer<UInt8>)

    static func < (first: DecodedKey, second: DecodedKey) -> Bool {
        switch (first, second) {
        case (.signed(let first), .signed(let second)): first < second
        case (.unsigned(let first), .unsigned(let second)): first < second
        case (.text(let first), .text(let second)): unsafe first.precedes(second)
        default: false
        }
    }
}
