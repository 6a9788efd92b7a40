/// The fields of a dynamic message that are set, without its type: two words and one allocation.
///
/// Memory follows from what is set, not from how many fields the type has: types come from peers, too.
struct MessageBody: Sendable, Hashable {
    struct Entry: Sendable {
        var slot: Slot
        /// The field's index in its layout.
        let field: Int32

        @inline(__always)
        init(slot: consuming Slot, field: Int) {
            self.slot = slot
            self.field = Int32(truncatingIfNeeded: field)
        }
    }

    /// By `FieldLayout.place`, each place once.
    var entries = EntryList()
    var unknown = UnknownFields()

    /// Memory that a message in a list is charged with: itself and the head of its allocation.
    static var chargedBytes: Int { 64 }

    /// Where the entry of a place is, or would be.
    func position(of place: Int32, _ layout: MessageLayout) -> (index: Int, isThere: Bool) {
        guard let last = entries.last else { return (0, false) }
        let lastPlace = layout[Int(last.field)].place
        if lastPlace < place {
            return (entries.count, false)
        } else if lastPlace == place {
            return (entries.count &- 1, true)
        }
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
        guard isThere, Int(entries[index].field) == field else { return nil }
        return entries.slot(at: index, layout[field].form)
    }

    /// Sets a field; another member of its oneof goes.
    mutating func put(_ slot: Slot, _ field: Int, _ layout: MessageLayout) {
        let entry = Entry(slot: slot, field: field)
        let (index, isThere) = position(of: layout[field].place, layout)
        if isThere {
            entries[index] = entry
        } else {
            entries.insert(entry, at: index)
        }
    }

    mutating func remove(_ field: Int, _ layout: MessageLayout) {
        let (index, isThere) = position(of: layout[field].place, layout)
        if isThere, Int(entries[index].field) == field {
            entries.remove(at: index)
        }
    }
}
