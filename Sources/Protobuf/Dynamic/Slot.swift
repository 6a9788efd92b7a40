/// What a dynamic message keeps of one field, as close to the wire as it can: numbers are the bits that are written.
enum Slot: Sendable, Hashable {
    /// Only while the value is being changed, or after a change that failed.
    case none
    /// A number, a bool or an enum: the varint or the fixed bytes that stand on the wire.
    case bits(UInt64)
    /// Short text or bytes, as they came from the wire, in the allocation of the body's entries.
    case kept(Place)
    case text(String)
    case bytes([UInt8])
    case message(MessageBody)
    case words64([UInt64])
    case words32([UInt32])
    /// int32 and enums.
    case signed([Int32])
    case bools([Bool])
    case texts([String])
    case blobs([[UInt8]])
    case messages([MessageBody])
    case map(SlotMap)

    struct Place: Sendable, Hashable {
        let offset: UInt32
        let count: UInt32
    }
}

/// What repeated fields keep in contiguous memory.
protocol SlotElement: Hashable, Sendable {
    /// Takes the list out of a slot; empty if there is none.
    static func take(from slot: inout Slot) -> [Self]
    static func slot(_ list: [Self]) -> Slot
}

extension UInt64: SlotElement {
    static func slot(_ list: [UInt64]) -> Slot { .words64(list) }
    static func take(from slot: inout Slot) -> [UInt64] {
        guard case .words64(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension UInt32: SlotElement {
    static func slot(_ list: [UInt32]) -> Slot { .words32(list) }
    static func take(from slot: inout Slot) -> [UInt32] {
        guard case .words32(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension Int32: SlotElement {
    static func slot(_ list: [Int32]) -> Slot { .signed(list) }
    static func take(from slot: inout Slot) -> [Int32] {
        guard case .signed(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension Bool: SlotElement {
    static func slot(_ list: [Bool]) -> Slot { .bools(list) }
    static func take(from slot: inout Slot) -> [Bool] {
        guard case .bools(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension String: SlotElement {
    static func slot(_ list: [String]) -> Slot { .texts(list) }
    static func take(from slot: inout Slot) -> [String] {
        guard case .texts(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension [UInt8]: SlotElement {
    static func slot(_ list: [[UInt8]]) -> Slot { .blobs(list) }
    static func take(from slot: inout Slot) -> [[UInt8]] {
        guard case .blobs(let list) = slot else { return [] }
        slot = .none
        return list
    }
}

extension MessageBody: SlotElement {
    static func slot(_ list: [MessageBody]) -> Slot { .messages(list) }
    static func take(from slot: inout Slot) -> [MessageBody] {
        guard case .messages(let list) = slot else { return [] }
        slot = .none
        return list
    }
}
