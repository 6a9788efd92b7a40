/// Repeated fields and maps.
extension Encoder {
    /// Every element with its own tag: strings, bytes, messages, and numbers declared `[packed = false]`.
    @inlinable @inline(never)
    public mutating func elements<W: Wire>(_ values: [W.Value], _ tag: UInt32, _ wire: W.Type) {
        var index = values.count
        while index > 0 {
            index &-= 1
            W.encode(values[index], to: &self)
            self.tag(tag)
        }
    }

    /// All elements in one length-delimited block; nothing if there are none.
    @inlinable @inline(never)
    public mutating func packed<W: Wire>(_ values: [W.Value], _ tag: UInt32, _ wire: W.Type) {
        if values.isEmpty {
            return
        }
        let end = mark
        var index = values.count
        while index > 0 {
            index &-= 1
            W.encode(values[index], to: &self)
        }
        length(since: end)
        self.tag(tag)
    }

    @inlinable @inline(never)
    public mutating func map<K: KeyWire, V: Wire>(
        _ values: Map<K.Value, V.Value>, _ tag: UInt32, _ keyWire: K.Type, _ valueWire: V.Type
    ) {
        if values.isEmpty { return }
        if isDeterministic {
            for (key, value) in values.sorted(by: { K.Value.precedes($0.key, $1.key) }).reversed() {
                entry(key, value, tag, keyWire, valueWire)
            }
        } else {
            var index = values.count
            while index > 0 {
                index &-= 1
                entry(values.entries[index].key, values.entries[index].value, tag, keyWire, valueWire)
            }
        }
    }

    @inlinable @inline(never)
    mutating func entry<K: KeyWire, V: Wire>(
        _ key: K.Value, _ value: V.Value, _ tag: UInt32, _ keyWire: K.Type, _ valueWire: V.Type
    ) {
        let end = mark
        V.encode(value, to: &self)
        self.tag(2 << 3 | V.wireType)
        K.encode(key, to: &self)
        self.tag(1 << 3 | K.wireType)
        length(since: end)
        self.tag(tag)
    }
}
