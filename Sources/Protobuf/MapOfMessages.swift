/// Maps whose values are messages, by code that is shared by all of them.
///
/// The optimizer would otherwise make a copy of `Map` and of everything it stands on for every message that is some map's value: in a
/// module of generated messages with a few such maps that is a third of the time it takes to compile. Scalar values, of which there
/// are few types, do get their copies.
extension Decoder {
    @_semantics("optimize.sil.specialize.generic.never") @inline(never)
    public mutating func entry<K: KeyWire, M: Message>(
        _ values: inout Map<K.Value, M>, _ keyWire: K.Type, _ valueWire: MessageWire<M>.Type
    ) throws(DecodeError) {
        func sharedEntry<V: Wire>(_ values: inout Map<K.Value, V.Value>, _ valueWire: V.Type) throws(DecodeError) {
            try entry(&values, keyWire, valueWire)
        }
        try sharedEntry(&values, valueWire)
    }
}

extension Encoder {
    /// Most maps are empty, which takes no shared code to see.
    @inlinable @inline(__always)
    public mutating func map<K: KeyWire, M: Message>(
        _ values: Map<K.Value, M>, _ tag: UInt32, _ keyWire: K.Type, _ valueWire: MessageWire<M>.Type
    ) {
        if !values.isEmpty { entries(of: values, tag, keyWire, valueWire) }
    }

    @_semantics("optimize.sil.specialize.generic.never") @inline(never) @usableFromInline
    mutating func entries<K: KeyWire, M: Message>(
        of values: Map<K.Value, M>, _ tag: UInt32, _ keyWire: K.Type, _ valueWire: MessageWire<M>.Type
    ) {
        func sharedMap<V: Wire>(_ values: Map<K.Value, V.Value>, _ valueWire: V.Type) {
            map(values, tag, keyWire, valueWire)
        }
        sharedMap(values, valueWire)
    }
}
