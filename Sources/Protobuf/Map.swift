/// A map field: keys with their values, in the order in which the keys were first set.
///
/// It is used like a `Dictionary` and differs in two things. Strings are the same key if their UTF-8 bytes are, as on the wire; a
/// `Dictionary` would lose one of two keys that only spell "é" differently. And it keeps its order, so that equal programs give
/// equal bytes. Whether two maps are equal does not depend on their order.
///
/// Up to `MapIndex.smallestCount` entries are searched one after the other, more of them through a hash table with a seed for each
/// process. Removing takes time in proportion to the number of entries.
public struct Map<Key: MapKey, Value: Hashable & Sendable>: Sendable {
    public typealias Element = (key: Key, value: Value)

    @usableFromInline
    var entries: [Element]

    @usableFromInline
    var index: MapIndex

    @inlinable
    public init() {
        entries = []
        index = MapIndex()
    }

    /// Takes the entries in their order; of several values for a key the last one counts, as on the wire.
    @inlinable
    public init(_ elements: some Sequence<Element>) {
        self.init()
        entries.reserveCapacity(elements.underestimatedCount)
        for (key, value) in elements {
            self[key] = value
        }
    }

    @inlinable
    public var count: Int { entries.count }

    @inlinable
    public var isEmpty: Bool { entries.isEmpty }

    public var keys: some RandomAccessCollection<Key> { entries.lazy.map(\.key) }

    public var values: some RandomAccessCollection<Value> { entries.lazy.map(\.value) }

    /// The value of a key, nil if it has none. Setting nil removes the key.
    @inlinable
    public subscript(key: Key) -> Value? {
        get {
            position(of: key).map { entries[$0].value }
        }
        set {
            if let newValue {
                set(key, newValue)
            } else {
                removeValue(forKey: key)
            }
        }
    }

    /// The value of a key, or `initial`, which becomes its value if it is changed.
    @inlinable
    public subscript(key: Key, default initial: @autoclosure () -> Value) -> Value {
        get {
            position(of: key).map { entries[$0].value } ?? initial()
        }
        _modify {
            let position = position(of: key) ?? append(key, initial())
            yield &entries[position].value
        }
    }

    @inlinable
    mutating func set(_ key: Key, _ value: Value) {
        if let position = position(of: key) {
            entries[position].value = value
        } else {
            append(key, value)
        }
    }

    /// Sets the value of a key and returns the one it had.
    @inlinable @discardableResult
    public mutating func updateValue(_ value: Value, forKey key: Key) -> Value? {
        guard let position = position(of: key) else {
            append(key, value)
            return nil
        }
        let former = entries[position].value
        entries[position].value = value
        return former
    }

    /// Removes a key and returns the value it had. The others keep their order.
    @inlinable @discardableResult
    public mutating func removeValue(forKey key: Key) -> Value? {
        guard let position = position(of: key) else { return nil }
        let former = entries.remove(at: position).value
        rebuildIndex()
        return former
    }

    @inlinable
    public mutating func removeAll(keepingCapacity: Bool = false) {
        entries.removeAll(keepingCapacity: keepingCapacity)
        index = MapIndex()
    }

    @inlinable
    public mutating func removeAll(where shouldBeRemoved: (Element) throws -> Bool) rethrows {
        try entries.removeAll(where: shouldBeRemoved)
        rebuildIndex()
    }

    @inlinable
    public mutating func reserveCapacity(_ count: Int) {
        entries.reserveCapacity(count)
    }

    /// The same keys with other values, in the same order.
    @inlinable
    public func mapValues<Other: Hashable & Sendable>(_ transform: (Value) throws -> Other) rethrows -> Map<Key, Other> {
        var other = Map<Key, Other>()
        other.entries = try entries.map { ($0.key, try transform($0.value)) }
        other.index = index
        return other
    }

    // MARK: Search

    @inlinable
    func position(of key: Key) -> Int? {
        if !index.isEmpty {
            return index.position(of: key, in: entries)
        }
        for position in entries.indices where Key.areSame(entries[position].key, key) {
            return position
        }
        return nil
    }

    /// Adds a key that is not there yet and returns where.
    @inlinable @discardableResult
    mutating func append(_ key: Key, _ value: Value) -> Int {
        entries.append((key, value))
        if !index.isEmpty || entries.count > MapIndex.smallestCount {
            index.append(in: entries)
        }
        return entries.count &- 1
    }

    @inlinable
    mutating func rebuildIndex() {
        index = MapIndex()
        if entries.count > MapIndex.smallestCount {
            index.build(of: entries)
        }
    }
}

extension Map: Sequence {
    @inlinable
    public func makeIterator() -> IndexingIterator<[Element]> { entries.makeIterator() }

    @inlinable
    public var underestimatedCount: Int { entries.count }
}

extension Map: Hashable {
    public static func == (first: Map, second: Map) -> Bool {
        if first.count != second.count {
            return false
        }
        for (position, entry) in first.entries.enumerated() {
            // Most often both are in the same order.
            let other = Key.areSame(second.entries[position].key, entry.key) ? position : second.position(of: entry.key)
            guard let other, second.entries[other].value == entry.value else { return false }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in entries {
            var entry = hasher
            key.hashKey(into: &entry)
            entry.combine(value)
            sum &+= entry.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}

extension Map: ExpressibleByDictionaryLiteral {
    /// Of several values for a key the last one counts.
    @inlinable
    public init(dictionaryLiteral elements: (Key, Value)...) {
        self.init()
        entries.reserveCapacity(elements.count)
        for (key, value) in elements {
            set(key, value)
        }
    }
}

extension Map: CustomStringConvertible {
    public var description: String {
        let entries = entries.map { "\(String(reflecting: $0.key)): \(String(reflecting: $0.value))" }
        return entries.isEmpty ? "[:]" : "[\(entries.joined(separator: ", "))]"
    }
}
