/// What a dynamic message keeps of a map field, in the order in which the keys first came.
typealias SlotMap = Map<SlotKey, Slot>

/// What a dynamic message keeps of a map's key: the bits on the wire, or a string.
enum SlotKey: MapKey {
    case bits(UInt64)
    case text(String)

    /// What the key is when its entry does not say.
    init(initial form: FieldLayout.Form) {
        self = form == .text ? .text("") : .bits(0)
    }

    static func areSame(_ first: SlotKey, _ second: SlotKey) -> Bool {
        switch (first, second) {
        case (.bits(let first), .bits(let second)): first == second
        case (.text(let first), .text(let second)): String.areSame(first, second)
        default: false
        }
    }

    func hashKey(into hasher: inout Hasher) {
        switch self {
        case .bits(let bits): hasher.combine(bits)
        case .text(let text): text.hashKey(into: &hasher)
        }
    }

    static func precedes(_ first: SlotKey, _ second: SlotKey) -> Bool { precedes(first, second, .unsigned) }

    /// The order of keys in deterministic output: numbers by size, false before true, strings by their UTF-8 bytes.
    static func precedes(_ first: SlotKey, _ second: SlotKey, _ order: FieldLayout.KeyOrder) -> Bool {
        switch (first, second) {
        case (.bits(let first), .bits(let second)): order.precedes(first, second)
        case (.text(let first), .text(let second)): String.precedes(first, second)
        default: false
        }
    }
}
