/// The entries of a message's body, in one allocation, which also keeps what they have of short text and bytes: most messages need
/// no other one, and most entries no release in the end.
@safe
struct EntryList: @unchecked Sendable {
    typealias Entry = MessageBody.Entry

    private struct Header {
        var count: Int32
        /// Entries that there is room for.
        var capacity: Int32
        /// Bytes of text behind that room.
        var textCount: Int32
        var textCapacity: Int32
    }

    private final class Storage: ManagedBuffer<Header, Entry> {
        // Pointers, since the compiler would have each access to `header` itself checked at run time.
        var head: UnsafeMutablePointer<Header> { unsafe withUnsafeMutablePointerToHeader { unsafe $0 } }
        var entries: UnsafeMutablePointer<Entry> { unsafe withUnsafeMutablePointerToElements { unsafe $0 } }
        var text: UnsafeMutablePointer<UInt8> {
            unsafe UnsafeMutableRawPointer(entries + Int(head.pointee.capacity)).assumingMemoryBound(to: UInt8.self)
        }

        deinit {
            unsafe withUnsafeMutablePointers { header, entries in
                for index in unsafe 0..<Int(header.pointee.count) {
                    switch unsafe entries[index].slot {
                    case .bits, .kept: break
                    default: unsafe (entries + index).deinitialize(count: 1)
                    }
                }
            }
        }
    }

    private var storage: Storage?

    init() {}

    private var capacity: Int { storage.map { unsafe Int($0.head.pointee.capacity) } ?? 0 }
    var count: Int { storage.map { unsafe Int($0.head.pointee.count) } ?? 0 }

    /// The entries where they are.
    @inline(__always)
    var buffer: UnsafeBufferPointer<Entry> { unsafe UnsafeBufferPointer(start: storage?.entries, count: count) }

    // MARK: Text

    /// Where kept text or bytes are.
    @inline(__always)
    func text(_ place: Slot.Place) -> UnsafeBufferPointer<UInt8> {
        guard let storage, unsafe place.offset &+ place.count <= UInt32(bitPattern: storage.head.pointee.textCount) else {
            preconditionFailure("Text is looked for in another list than the one that keeps it.")
        }
        return unsafe UnsafeBufferPointer(start: storage.text + Int(place.offset), count: Int(place.count))
    }

    /// The value of an entry, with text and bytes in memory of their own.
    func slot(at index: Int, _ form: FieldLayout.Form) -> Slot {
        guard case .kept(let place) = self[index].slot else { return self[index].slot }
        let text = unsafe text(place)
        return form == .text ? unsafe .text(String(decoding: text, as: UTF8.self)) : unsafe .bytes([UInt8](text))
    }

    /// Appends an entry with text or bytes; false if there is no room to keep them.
    @inline(__always)
    mutating func append(keeping text: UnsafeBufferPointer<UInt8>, field: Int) -> Bool {
        guard isKnownUniquelyReferenced(&storage), let storage else { return false }
        let header = unsafe storage.head
        let (count, textCount) = unsafe (Int(header.pointee.count), Int(header.pointee.textCount))
        guard unsafe count < Int(header.pointee.capacity), unsafe text.count <= Int(header.pointee.textCapacity) &- textCount else {
            return false
        }
        if let source = text.baseAddress {
            unsafe (storage.text + textCount).update(from: source, count: text.count)
        }
        let place = Slot.Place(offset: UInt32(truncatingIfNeeded: textCount), count: UInt32(truncatingIfNeeded: text.count))
        unsafe header.pointee.textCount = Int32(truncatingIfNeeded: textCount &+ text.count)
        unsafe (storage.entries + count).initialize(to: Entry(slot: .kept(place), field: field))
        unsafe header.pointee.count = Int32(truncatingIfNeeded: count &+ 1)
        return true
    }

    // MARK: Changes

    /// Makes room in an empty list.
    mutating func reserve(entries: Int, textBytes: Int) {
        if storage == nil {
            storage = EntryList.make(entries, textBytes)
        }
    }

    @inline(__always)
    mutating func append(_ entry: consuming Entry) {
        let count = count
        if !isKnownUniquelyReferenced(&storage) || capacity == count {
            replace(count < 4 ? 4 : count &* 2)
        }
        guard let storage else { return }
        unsafe (storage.entries + count).initialize(to: entry)
        unsafe storage.head.pointee.count = Int32(truncatingIfNeeded: count &+ 1)
    }

    mutating func insert(_ entry: Entry, at index: Int) {
        append(entry)
        var at = count &- 1
        while at > index {
            swapAt(at, at &- 1)
            at &-= 1
        }
    }

    mutating func remove(at index: Int) {
        precondition(index >= 0 && index < count)
        makeUnique()
        guard let storage else { return }
        let (header, entries) = unsafe (storage.head, storage.entries)
        unsafe (entries + index).deinitialize(count: 1)
        unsafe header.pointee.count &-= 1
        unsafe (entries + index).moveInitialize(from: entries + index + 1, count: Int(header.pointee.count) &- index)
    }

    /// Removes what is empty, moving each of the others once.
    mutating func removeEmpty() {
        makeUnique()
        guard let storage else { return }
        let entries = unsafe storage.entries
        var kept = 0
        for index in 0..<count {
            if case .none = unsafe entries[index].slot { continue }
            if kept != index {
                unsafe (entries + kept).moveInitialize(from: entries + index, count: 1)
            }
            kept &+= 1
        }
        unsafe storage.head.pointee.count = Int32(truncatingIfNeeded: kept)
    }

    @inline(__always)
    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage), storage != nil {
            replace(capacity)
        }
    }

    private static func make(_ capacity: Int, _ textCapacity: Int) -> Storage {
        let size = MemoryLayout<Entry>.stride
        let header = Header(
            count: 0, capacity: Int32(truncatingIfNeeded: capacity), textCount: 0, textCapacity: Int32(truncatingIfNeeded: textCapacity))
        let buffer = Storage.create(minimumCapacity: capacity &+ (textCapacity &+ size &- 1) / size) { _ in header }
        return unsafe unsafeDowncast(buffer, to: Storage.self)
    }

    @inline(never)
    private mutating func replace(_ capacity: Int) {
        let isUnique = isKnownUniquelyReferenced(&storage)
        guard let storage else {
            self.storage = EntryList.make(capacity, 0)
            return
        }
        let head = unsafe storage.head
        let (count, textCount) = unsafe (Int(head.pointee.count), Int(head.pointee.textCount))
        let fresh = EntryList.make(capacity, textCount)
        if isUnique {
            unsafe fresh.entries.moveInitialize(from: storage.entries, count: count)
            unsafe head.pointee.count = 0
        } else {
            unsafe fresh.entries.initialize(from: storage.entries, count: count)
        }
        unsafe fresh.text.update(from: storage.text, count: textCount)
        unsafe fresh.head.pointee.count = Int32(truncatingIfNeeded: count)
        unsafe fresh.head.pointee.textCount = Int32(truncatingIfNeeded: textCount)
        self.storage = fresh
    }
}

extension EntryList: RandomAccessCollection, MutableCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { count }

    @inline(__always)
    subscript(index: Int) -> Entry {
        _read {
            guard let storage, index >= 0, index < count else { preconditionFailure() }
            yield unsafe storage.entries[index]
        }
        _modify {
            makeUnique()
            guard let storage, index >= 0, index < count else { preconditionFailure() }
            yield unsafe &storage.entries[index]
        }
    }
}

/// The same text is the same, wherever it is kept.
extension EntryList: Hashable {
    static func == (first: EntryList, second: EntryList) -> Bool {
        if first.storage === second.storage {
            return true
        }
        return first.count == second.count && first.indices.allSatisfy { areSame(first, second, at: $0) }
    }

    private static func areSame(_ first: EntryList, _ second: EntryList, at index: Int) -> Bool {
        if first[index].field != second[index].field {
            return false
        } else if let text = first.content(at: index) {
            return second.content(at: index) == text
        }
        return first[index].slot == second[index].slot
    }

    /// The bytes of text or bytes, nil for all else.
    private func content(at index: Int) -> [UInt8]? {
        switch self[index].slot {
        case .kept(let place): unsafe [UInt8](text(place))
        case .text(let text): [UInt8](text.utf8)
        case .bytes(let bytes): bytes
        default: nil
        }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for index in indices {
            hasher.combine(self[index].field)
            if let text = content(at: index) {
                hasher.combine(text)
            } else {
                hasher.combine(self[index].slot)
            }
        }
    }
}
