/// Values of single fields. Each is called right after `nextTag` returned a tag with the fitting wire type.
extension Decoder {
    public mutating func int32() throws(DecodeError) -> Int32 { Int32(truncatingIfNeeded: try varint()) }
    public mutating func int64() throws(DecodeError) -> Int64 { Int64(truncatingIfNeeded: try varint()) }
    public mutating func uint32() throws(DecodeError) -> UInt32 { UInt32(truncatingIfNeeded: try varint()) }
    public mutating func uint64() throws(DecodeError) -> UInt64 { try varint() }
    public mutating func bool() throws(DecodeError) -> Bool { try varint() != 0 }

    public mutating func sint32() throws(DecodeError) -> Int32 {
        let bits = UInt32(truncatingIfNeeded: try varint())
        return Int32(bitPattern: bits >> 1 ^ (0 &- (bits & 1)))
    }

    public mutating func sint64() throws(DecodeError) -> Int64 {
        let bits = try varint()
        return Int64(bitPattern: bits >> 1 ^ (0 &- (bits & 1)))
    }

    public mutating func fixed32() throws(DecodeError) -> UInt32 { try fixed(UInt32.self) }
    public mutating func fixed64() throws(DecodeError) -> UInt64 { try fixed(UInt64.self) }
    public mutating func sfixed32() throws(DecodeError) -> Int32 { try fixed(Int32.self) }
    public mutating func sfixed64() throws(DecodeError) -> Int64 { try fixed(Int64.self) }
    public mutating func float() throws(DecodeError) -> Float { Float(bitPattern: try fixed(UInt32.self)) }
    public mutating func double() throws(DecodeError) -> Double { Double(bitPattern: try fixed(UInt64.self)) }

    public mutating func string() throws(DecodeError) -> String {
        let text = unsafe try block()
        let content = unsafe UTF8Check.content(of: text)
        if content == .invalid {
            throw error(.invalidUTF8)
        }
        if content == .ascii, text.count < 16 {
            // Held in the string itself: this way they are not moved there one by one.
            return unsafe String(unsafeUninitializedCapacity: 15) { room in
                if let source = unsafe UnsafeRawPointer(text.baseAddress), let target = UnsafeMutableRawPointer(room.baseAddress) {
                    unsafe ShortCopy.copy(source, to: target, count: text.count)
                }
                return text.count
            }
        }
        return unsafe String(copying: UTF8Span(unchecked: text.span, isKnownASCII: content == .ascii))
    }

    public mutating func bytes() throws(DecodeError) -> [UInt8] {
        unsafe [UInt8](try block())
    }

    /// The bytes of a length-delimited field, where they are.
    @inline(__always)
    mutating func block() throws(DecodeError) -> UnsafeBufferPointer<UInt8> {
        let last = unsafe try delimited()
        let buffer = unsafe UnsafeBufferPointer(start: position, count: last - position)
        unsafe position = last
        return unsafe buffer
    }

    /// The UTF-8 of a string, where it is.
    mutating func text() throws(DecodeError) -> UnsafeBufferPointer<UInt8> {
        let text = unsafe try block()
        guard unsafe UTF8Check.isValid(text) else { throw error(.invalidUTF8) }
        return unsafe text
    }

    /// Merges a nested message into `value`, which is created if there is none.
    @inlinable @inline(never)
    public mutating func message<M: Message>(_ value: inout M?) throws(DecodeError) {
        if value == nil {
            value = M()
        }
        let outer = try enter()
        try value?.merge(from: &self)
        leave(outer)
    }

    /// Reads a message that is one case of a oneof: it merges into the same case and replaces any other.
    ///
    /// - Parameters:
    ///   - wrap: the case, made of its message.
    ///   - unwrap: the message, if the oneof is at that case.
    @inlinable @inline(never)
    public mutating func member<Oneof, M: Message>(
        _ oneof: inout Oneof?, _ wrap: (M) -> Oneof, _ unwrap: (Oneof) -> M?
    ) throws(DecodeError) {
        var value = oneof.flatMap(unwrap) ?? M()
        // The only copy left, so that one that comes in many pieces is not copied for each of them.
        oneof = nil
        let outer = try enter()
        try value.merge(from: &self)
        leave(outer)
        oneof = wrap(value)
    }
}

/// Repeated fields and maps.
extension Decoder {
    /// Appends one element that stands alone (not packed), and those that follow it.
    @inlinable @inline(never)
    public mutating func element<W: Wire>(_ values: inout [W.Value], _ wire: W.Type) throws(DecodeError) {
        var run = try run(memory: MemoryLayout<W.Value>.stride)
        if values.isEmpty {
            values.reserveCapacity(run.count)
        }
        repeat {
            values.append(W.initial)
            try W.merge(&values[values.count &- 1], from: &self)
        } while next(in: &run)
    }

    /// Appends the elements of a packed field.
    @inlinable @inline(never)
    public mutating func packed<W: Wire>(_ values: inout [W.Value], _ wire: W.Type) throws(DecodeError) {
        let outer = try enterPacked(elementSize: W.fixedSize)
        if values.isEmpty {
            values.reserveCapacity(packedCount(elementSize: W.fixedSize))
        }
        while !isAtEnd {
            try charge(memory: MemoryLayout<W.Value>.stride)
            var value = W.initial
            try W.merge(&value, from: &self)
            values.append(value)
        }
        leavePacked(outer)
    }

    /// Reads a map entry and those that follow it; a key that is already there gets the new value.
    @inlinable @inline(never)
    public mutating func entry<K: KeyWire, V: Wire>(
        _ values: inout Map<K.Value, V.Value>, _ keyWire: K.Type, _ valueWire: V.Type
    ) throws(DecodeError) {
        var run = try run(memory: MemoryLayout<K.Value>.stride &+ MemoryLayout<V.Value>.stride)
        if values.isEmpty {
            values.reserveCapacity(run.count)
        }
        repeat {
            try self.entry(of: &values, keyWire, valueWire)
        } while next(in: &run)
    }

    @inlinable @inline(__always)
    mutating func entry<K: KeyWire, V: Wire>(
        of values: inout Map<K.Value, V.Value>, _ keyWire: K.Type, _ valueWire: V.Type
    ) throws(DecodeError) {
        var key = K.initial
        var value = V.initial
        let outer = try enter()
        while true {
            let tag = try nextTag()
            if tag == 0 {
                break
            } else if tag == 1 << 3 | K.wireType {
                try K.merge(&key, from: &self)
            } else if tag == 2 << 3 | V.wireType {
                try V.merge(&value, from: &self)
            } else {
                try skip()
            }
        }
        leave(outer)
        values.set(key, value)
    }

    @usableFromInline
    var isAtEnd: Bool { unsafe position == end }

    @usableFromInline
    mutating func enterPacked(elementSize: Int) throws(DecodeError) -> Enclosing {
        let inner = unsafe try delimited()
        if elementSize > 1, unsafe (inner - position) % elementSize != 0 {
            throw error(.unevenPackedLength)
        }
        let outer = unsafe Enclosing(end: end)
        unsafe end = inner
        return outer
    }

    @usableFromInline
    mutating func leavePacked(_ outer: Enclosing) {
        unsafe end = outer.end
    }

    /// How many elements the packed field holds: a varint ends with the byte whose high bit is clear.
    @usableFromInline
    func packedCount(elementSize: Int) -> Int {
        if elementSize > 0 {
            return unsafe (end - position) / elementSize
        }
        var count = 0
        var next = unsafe position
        while unsafe next < end {
            unsafe count &+= Int(truncatingIfNeeded: ~next.pointee >> 7)
            unsafe next += 1
        }
        return count
    }
}
