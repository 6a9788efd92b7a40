/// How far the fields of a body have come from the wire, nearly always in the order of their numbers.
///
/// What comes late is moved to its place. If that happens in a large message, its entries stay in the order of arrival and are sorted
/// in the end: a peer must not make us move all of them for each field.
struct ArrivalOrder {
    /// Places after this one are free, and belong behind all entries.
    fileprivate(set) var lastPlace: Int32
    /// Where each entry is, if they are no longer sorted.
    fileprivate var indices: [Int32: Int]?

    var isBroken: Bool { indices != nil }

    /// Moving this many entries costs less than remembering where each one is.
    fileprivate static let mostToMove = 64

    @inline(__always)
    init(_ body: borrowing MessageBody, _ layout: MessageLayout) {
        let count = body.entries.count
        lastPlace = count == 0 ? -1 : layout[Int(body.entries[count &- 1].field)].place
    }
}

extension MessageBody {
    /// Sets a field; another member of its oneof goes.
    @inline(__always)
    mutating func set(_ index: Int, _ field: FieldLayout, _ slot: consuming Slot, _ order: inout ArrivalOrder, _ layout: MessageLayout) {
        if field.place > order.lastPlace {
            order.lastPlace = field.place
            entries.append(Entry(slot: slot, field: index))
        } else {
            setLate(index, field, slot, &order, layout)
        }
    }

    /// Sets a field to text or bytes from the wire.
    @inline(__always)
    mutating func set(
        _ index: Int, _ field: FieldLayout, text: UnsafeBufferPointer<UInt8>, _ order: inout ArrivalOrder, _ layout: MessageLayout
    ) {
        if field.place > order.lastPlace, unsafe entries.append(keeping: text, field: index) {
            order.lastPlace = field.place
        } else {
            let slot: Slot = unsafe field.form == .text ? .text(String(copying: UTF8Span(unchecked: text.span))) : .bytes([UInt8](text))
            set(index, field, slot, &order, layout)
        }
    }

    @inline(never)
    private mutating func setLate(
        _ index: Int, _ field: FieldLayout, _ slot: Slot, _ order: inout ArrivalOrder, _ layout: MessageLayout
    ) {
        let at = open(index, field, &order, layout)
        entries[at].slot = slot
    }

    /// Where the entry of a field is, which is made if there is none, and emptied if it belongs to another member of its oneof.
    mutating func open(_ index: Int, _ field: FieldLayout, _ order: inout ArrivalOrder, _ layout: MessageLayout) -> Int {
        let entry = Entry(slot: .none, field: index)
        if field.place > order.lastPlace {
            order.lastPlace = field.place
            entries.append(entry)
            return entries.count &- 1
        }
        let (at, isThere) = position(of: field.place, order, layout)
        if isThere {
            if entries[at].field != entry.field {
                entries[at] = entry
            }
            return at
        } else if order.indices == nil {
            if entries.count &- at <= ArrivalOrder.mostToMove {
                entries.insert(entry, at: at)
                return at
            }
            let places = entries.indices.map { (layout[Int(entries[$0].field)].place, $0) }
            order.indices = Dictionary(uniqueKeysWithValues: places)
            order.lastPlace = Int32.max
        }
        order.indices?[field.place] = entries.count
        entries.append(entry)
        return entries.count &- 1
    }

    /// Brings a field to its default.
    mutating func clear(_ index: Int, _ field: FieldLayout, _ order: ArrivalOrder, _ layout: MessageLayout) {
        if field.place > order.lastPlace {
            return
        }
        let (at, isThere) = position(of: field.place, order, layout)
        if isThere, Int(entries[at].field) == index {
            drop(at, order)
        }
    }

    /// Removes an entry.
    mutating func drop(_ at: Int, _ order: ArrivalOrder) {
        if order.isBroken {
            entries[at].slot = .none
        } else {
            entries.remove(at: at)
        }
    }

    private func position(of place: Int32, _ order: ArrivalOrder, _ layout: MessageLayout) -> (index: Int, isThere: Bool) {
        if let indices = order.indices {
            return indices[place].map { ($0, true) } ?? (entries.count, false)
        }
        return position(of: place, layout)
    }

    /// Brings entries into the order of their places again.
    @inline(never)
    mutating func restoreOrder(_ layout: MessageLayout) {
        entries.removeEmpty()
        entries.sort { layout[Int($0.field)].place < layout[Int($1.field)].place }
    }
}
