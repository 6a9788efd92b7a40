/// Finds a number by the bytes of a name: a hash table with open addressing.
///
/// Only its own names decide how long a search can take, so that a peer gains nothing from names that collide.
@safe
struct NameTable: BitwiseCopyable {
    @safe
    private struct Slot: BitwiseCopyable {
        var name: SchemaText?
        var value: Int32 = 0
    }

    private let slots: UnsafePointer<Slot>
    private let mask: Int

    /// - Parameter names: of equal names the last one counts.
    init(_ names: [(name: String, value: Int32)], in arena: inout SchemaArena) {
        var size = 4
        while size < names.count * 2 {
            size *= 2
        }
        let slots = unsafe arena.room(for: size, Slot.self)
        unsafe slots.initialize(repeating: Slot(), count: size)
        unsafe self.slots = unsafe UnsafePointer(slots)
        mask = size - 1
        for (name, value) in names {
            let bytes = Array(name.utf8)
            let index = unsafe bytes.withUnsafeBufferPointer { unsafe slot(of: $0) }
            unsafe slots[index] = unsafe Slot(name: slots[index].name ?? arena.text(bytes), value: value)
        }
    }

    func value(of name: UnsafeBufferPointer<UInt8>) -> Int32? {
        let slot = unsafe slots[slot(of: name)]
        return slot.name == nil ? nil : slot.value
    }

    /// Where the name is, or the free slot where it would be. At least half of the slots are free.
    private func slot(of name: UnsafeBufferPointer<UInt8>) -> Int {
        var index = unsafe NameTable.hash(name) & mask
        while let other = unsafe slots[index].name {
            if unsafe other.count == name.count && NameTable.areEqual(other.start, name) {
                break
            }
            index = (index &+ 1) & mask
        }
        return index
    }

    private static func areEqual(_ first: UnsafePointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<second.count where unsafe first[index] != second[index] {
            return false
        }
        return true
    }

    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash = UInt64(truncatingIfNeeded: name.count)
        for index in 0..<name.count {
            hash = unsafe (hash ^ UInt64(name[index])) &* 0x0000_0100_0000_01B3
        }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
