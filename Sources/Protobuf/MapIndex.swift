/// Where the keys of a map stand among its entries: a hash table with open addressing that is at most half full.
@usableFromInline
struct MapIndex: Sendable {
    /// Maps with more entries have an index; for fewer a hash costs more than looking at all.
    @usableFromInline
    static let smallestCount = 8

    /// A power of two of them, each an entry's position plus one, or 0. None at all while the map is small.
    @usableFromInline
    var slots: [UInt32]

    @inlinable
    init() {
        slots = []
    }

    @inlinable
    var isEmpty: Bool { slots.isEmpty }

    @inlinable
    func position<Key: MapKey, Value>(of key: Key, in entries: [(key: Key, value: Value)]) -> Int? {
        let slot = slot(of: key, in: entries)
        return slots[slot] == 0 ? nil : Int(slots[slot]) &- 1
    }

    /// Takes the last of `entries` in.
    @inlinable
    mutating func append<Key: MapKey, Value>(in entries: [(key: Key, value: Value)]) {
        if slots.count < entries.count &* 2 {
            build(of: entries)
        } else {
            let slot = slot(of: entries[entries.count &- 1].key, in: entries)
            slots[slot] = UInt32(entries.count)
        }
    }

    @inlinable
    mutating func build<Key: MapKey, Value>(of entries: [(key: Key, value: Value)]) {
        // Twice what is needed now, so that it is built anew only when the map has doubled.
        var size = 64
        while size < entries.count &* 4 {
            size &*= 2
        }
        slots = [UInt32](repeating: 0, count: size)
        for position in entries.indices {
            let slot = slot(of: entries[position].key, in: entries)
            slots[slot] = UInt32(position &+ 1)
        }
    }

    /// The slot that holds the key, or the free one where it belongs.
    @inlinable
    func slot<Key: MapKey, Value>(of key: Key, in entries: [(key: Key, value: Value)]) -> Int {
        var hasher = Hasher()
        key.hashKey(into: &hasher)
        let mask = slots.count &- 1
        var slot = hasher.finalize() & mask
        while slots[slot] != 0, !Key.areSame(entries[Int(slots[slot]) &- 1].key, key) {
            slot = (slot &+ 1) & mask
        }
        return slot
    }
}
