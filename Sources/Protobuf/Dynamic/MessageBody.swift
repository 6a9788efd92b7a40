/// The fields of a dynamic message that are set, without its type: two words and one allocation.
///
/// Memory follows from what is set, not from how many fields the type has: types come from peers, too.
struct MessageBody: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        var slot: Slot
        /// The field's index in its layout.
        var field: Int32
    }

    /// By `FieldLayout.place`, each place once.
    var entries: ContiguousArray<Entry> = []
    var unknown = UnknownFields()

    /// Memory that a message in a list is charged with: itself and the head of its allocation.
    static var chargedBytes: Int { 64 }

    /// Where the entry of a place is, or would be.
    @inline(__always)
    func position(of place: Int32, _ layout: MessageLayout) -> (index: Int, isThere: Bool) {
        guard let last = entries.last else { return (0, false) }
        let lastPlace = layout[Int(last.field)].place
        if lastPlace < place {
            return (entries.count, false)
        } else if lastPlace == place {
            return (entries.count &- 1, true)
        }
        return search(place, layout)
    }

    private func search(_ place: Int32, _ layout: MessageLayout) -> (index: Int, isThere: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low &+ high) >> 1
            let other = layout[Int(entries[middle].field)].place
            if other == place {
                return (middle, true)
            } else if other < place {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        return (low, false)
    }

    /// The value of a field, nil if it is not set.
    func slot(_ field: Int, _ layout: MessageLayout) -> Slot? {
        let (index, isThere) = position(of: layout[field].place, layout)
        guard isThere, entries[index].field == Int32(truncatingIfNeeded: field) else { return nil }
        return entries[index].slot
    }

    /// Sets a field; another member of its oneof goes.
    mutating func put(_ slot: Slot, _ field: Int, _ layout: MessageLayout) {
        let entry = Entry(slot: slot, field: Int32(truncatingIfNeeded: field))
        let (index, isThere) = position(of: layout[field].place, layout)
        if isThere {
            entries[index] = entry
        } else if index == entries.count {
            entries.append(entry)
        } else {
            entries.insert(entry, at: index)
        }
    }

    /// Where the entry of a field is, which is made if there is none, and emptied if it belongs to another member of its oneof.
    mutating func open(_ field: Int, _ layout: MessageLayout) -> Int {
        let (index, isThere) = position(of: layout[field].place, layout)
        let entry = Entry(slot: .none, field: Int32(truncatingIfNeeded: field))
        if !isThere {
            entries.insert(entry, at: index)
        } else if entries[index].field != entry.field {
            entries[index] = entry
        }
        return index
    }

    mutating func remove(_ field: Int, _ layout: MessageLayout) {
        let (index, isThere) = position(of: layout[field].place, layout)
        if isThere, entries[index].field == Int32(truncatingIfNeeded: field) {
            entries.remove(at: index)
        }
    }
}
