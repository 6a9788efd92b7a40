/// The entries of a message's body, in one allocation: an array of which most elements, being numbers, need no release in the end.
@safe
struct EntryList: @unchecked Sendable {
    typealias Entry = MessageBody.Entry

    private struct Header {
        var count: Int
        var capacity: Int
    }

    private final class Storage: ManagedBuffer<Header, Entry> {
        // Pointers, since the compiler would have each access to `header` itself checked at run time.
        var head: UnsafeMutablePointer<Header> { unsafe withUnsafeMutablePointerToHeader { unsafe $0 } }
        var entries: UnsafeMutablePointer<Entry> { unsafe withUnsafeMutablePointerToElements { unsafe $0 } }

        deinit {
            unsafe withUnsafeMutablePointers { header, entries in
                for index in unsafe 0..<header.pointee.count {
                    if case .bits = unsafe entries[index].slot { continue }
                    unsafe (entries + index).deinitialize(count: 1)
                }
            }
        }
    }

    private var storage: Storage?

    init() {}

    private var capacity: Int { storage.map { unsafe $0.head.pointee.capacity } ?? 0 }
    var count: Int { storage.map { unsafe $0.head.pointee.count } ?? 0 }

    /// The entries where they are.
    @inline(__always)
    var buffer: UnsafeBufferPointer<Entry> { unsafe UnsafeBufferPointer(start: storage?.entries, count: count) }

    /// Makes room for that many entries in all.
    mutating func reserveCapacity(_ capacity: Int) {
        if self.capacity < capacity {
            replace(capacity)
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
        unsafe storage.head.pointee.count = count &+ 1
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
        unsafe storage.withUnsafeMutablePointers { header, entries in
            unsafe (entries + index).deinitialize(count: 1)
            unsafe header.pointee.count &-= 1
            unsafe (entries + index).moveInitialize(from: entries + index + 1, count: header.pointee.count &- index)
        }
    }

    mutating func removeAll(where shouldBeRemoved: (Entry) -> Bool) {
        var kept = EntryList()
        for entry in self where !shouldBeRemoved(entry) {
            kept.append(entry)
        }
        self = kept
    }

    @inline(__always)
    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage), storage != nil {
            replace(capacity)
        }
    }

    private static func make(_ capacity: Int) -> Storage {
        let buffer = Storage.create(minimumCapacity: capacity) { _ in Header(count: 0, capacity: capacity) }
        return unsafe unsafeDowncast(buffer, to: Storage.self)
    }

    @inline(never)
    private mutating func replace(_ capacity: Int) {
        let fresh = EntryList.make(capacity)
        let isUnique = isKnownUniquelyReferenced(&storage)
        if let storage {
            unsafe storage.withUnsafeMutablePointers { header, entries in
                let count = unsafe header.pointee.count
                unsafe fresh.withUnsafeMutablePointers { freshHeader, freshEntries in
                    if isUnique {
                        unsafe freshEntries.moveInitialize(from: entries, count: count)
                        unsafe header.pointee.count = 0
                    } else {
                        unsafe freshEntries.initialize(from: entries, count: count)
                    }
                    unsafe freshHeader.pointee.count = count
                }
            }
        }
        storage = fresh
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

extension EntryList: Hashable {
    static func == (first: EntryList, second: EntryList) -> Bool {
        first.storage === second.storage || first.elementsEqual(second)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for entry in self {
            hasher.combine(entry)
        }
    }
}
