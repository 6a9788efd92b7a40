/// Reads one message from borrowed bytes. Generated code asks for the next tag, switches on it, and asks for the value.
///
/// Nothing outside this module can make or copy one, so it cannot outlive the bytes it points to.
@safe
public struct Decoder: ~Copyable {
    @usableFromInline
    var position: UnsafePointer<UInt8>
    /// Where the current message (or packed field, or map entry) ends.
    @usableFromInline
    var end: UnsafePointer<UInt8>
    @usableFromInline
    var tag: UInt32 = 0
    @usableFromInline
    var tagStart: UnsafePointer<UInt8>
    /// Messages and groups that may still be entered.
    var depthLeft: Int
    private var elementsLeft: Int
    private var memoryLeft: Int
    private let start: UnsafePointer<UInt8>

    /// The caller keeps `buffer` alive and unchanged for as long as the decoder lives.
    @usableFromInline
    init(_ buffer: UnsafeRawBufferPointer, limits: DecodeLimits) throws(DecodeError) {
        if buffer.count > limits.totalBytes {
            throw DecodeError(.tooManyBytes, fieldNumber: 0, offset: limits.totalBytes)
        }
        unsafe start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? Decoder.nothing
        unsafe position = start
        unsafe end = start + buffer.count
        unsafe tagStart = start
        depthLeft = limits.depth &- 1
        elementsLeft = limits.elements
        let (memory, overflow) = buffer.count.multipliedReportingOverflow(by: limits.memoryPerWireByte)
        memoryLeft = overflow ? Int.max : memory.addingReportingOverflow(DecodeLimits.freeMemoryBytes).partialValue
        if memoryLeft < 0 {
            memoryLeft = Int.max
        }
    }

    /// An address to point to where there are no bytes.
    nonisolated(unsafe) private static let nothing = unsafe UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    // MARK: Tags

    /// The next field's tag (`number << 3 | wire type`), or 0 at the end of the current message.
    ///
    /// A tag with number 0 or a wire type that does not exist may be returned; generated code hands what it does not know to
    /// `skip(keepingIn:)`, which refuses them.
    @inlinable @inline(__always)
    public mutating func nextTag() throws(DecodeError) -> UInt32 {
        unsafe tagStart = position
        if unsafe position < end {
            let byte = unsafe position.pointee
            if byte &- 1 < 0x7F {
                unsafe position += 1
                tag = UInt32(byte)
                return tag
            }
        }
        return try longTag()
    }

    /// The end, a tag of several bytes, or none.
    @usableFromInline
    mutating func longTag() throws(DecodeError) -> UInt32 {
        if unsafe position == end {
            return 0
        }
        tag = 0
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while unsafe position < end {
            let byte = unsafe position.pointee
            unsafe position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                guard let long = UInt32(exactly: value), long != 0 else { throw error(.invalidTag) }
                tag = long
                return long
            }
            shift &+= 7
            if shift == 35 {
                throw error(.invalidTag)
            }
        }
        throw error(.truncated)
    }

    // MARK: Raw values

    @inline(__always)
    mutating func varint() throws(DecodeError) -> UInt64 {
        if unsafe position < end {
            let byte = unsafe position.pointee
            if byte < 0x80 {
                unsafe position += 1
                return UInt64(byte)
            }
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(DecodeError) -> UInt64 {
        if unsafe end - position >= 8 {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            let ends = ~word & 0x8080_8080_8080_8080
            if ends != 0 {
                // All at once: drop what follows the last byte, then close the gaps of one bit, of two and of four.
                let bits = ends.trailingZeroBitCount &+ 1
                unsafe position += bits / 8
                var value = word & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- bits)) & 0x7F7F_7F7F_7F7F_7F7F
                value = value & 0x007F_007F_007F_007F | value >> 1 & 0x3F80_3F80_3F80_3F80
                value = value & 0x0000_3FFF_0000_3FFF | value >> 2 & 0x0FFF_C000_0FFF_C000
                return value & 0x0FFF_FFFF | value >> 4 & 0x00FF_FFFF_F000_0000
            }
        }
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while unsafe position < end {
            let byte = unsafe position.pointee
            unsafe position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                return value
            }
            shift &+= 7
            if shift == 70 {
                throw error(.varintTooLong)
            }
        }
        throw error(.truncated)
    }

    mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws(DecodeError) -> Value {
        if unsafe end - position < MemoryLayout<Value>.size {
            throw error(.truncated)
        }
        let value = unsafe UnsafeRawPointer(position).loadUnaligned(as: Value.self)
        unsafe position += MemoryLayout<Value>.size
        return Value(littleEndian: value)
    }

    /// Reads a length and returns the end of what it spans.
    @inline(__always)
    mutating func delimited() throws(DecodeError) -> UnsafePointer<UInt8> {
        let length = try varint()
        let room = unsafe UInt64(truncatingIfNeeded: end - position)
        if length > room {
            throw error(.truncated)
        }
        return unsafe position + Int(truncatingIfNeeded: length)
    }

    // MARK: Nesting and limits

    /// Reads a nested message's length and enters it. Pair it with `leave`.
    @usableFromInline
    mutating func enter() throws(DecodeError) -> Enclosing {
        let inner = unsafe try delimited()
        let outer = unsafe Enclosing(end: end)
        unsafe end = inner
        depthLeft &-= 1
        if depthLeft < 0 {
            throw error(.tooDeep)
        }
        return outer
    }

    @usableFromInline
    mutating func leave(_ outer: Enclosing) {
        unsafe position = end
        unsafe end = outer.end
        depthLeft &+= 1
    }

    /// Where the enclosing message ends, kept while a nested one is read.
    @safe
    @usableFromInline
    struct Enclosing {
        let end: UnsafePointer<UInt8>
    }

    /// Counts elements of a repeated field or map that take `memory` bytes each.
    @usableFromInline
    mutating func charge(_ count: Int = 1, memory: Int) throws(DecodeError) {
        elementsLeft &-= count
        // No more elements than bytes, and fewer bytes than 2³¹: this cannot wrap around.
        memoryLeft &-= count &* memory
        if elementsLeft < 0 {
            throw error(.tooManyElements)
        }
        if memoryLeft < 0 {
            throw error(.tooMuchMemory)
        }
    }

    // MARK: Runs

    /// Elements of one field, each with its tag, that stand one behind the other.
    @safe
    @usableFromInline
    struct Run {
        let tag: UInt32
        let tagWidth: Int
        @usableFromInline
        var count: Int
    }

    /// Counts the elements that begin with the tag that was read last, so that there is room for all before the first is read.
    ///
    /// Looks only at tags and lengths; that an element is whole shows when it is read.
    @usableFromInline
    mutating func run(memory: Int) throws(DecodeError) -> Run {
        var run = unsafe Run(tag: tag, tagWidth: position - tagStart, count: 1)
        if tag & 7 == 2 {
            let first = unsafe position
            while hasAnother(run.tagWidth) {
                run.count &+= 1
            }
            unsafe position = first
        }
        try charge(run.count, memory: memory)
        return run
    }

    /// Steps over an element and the tag behind it, if there is one and it is spelled like the first.
    private mutating func hasAnother(_ tagWidth: Int) -> Bool {
        guard unsafe position < end else { return false }
        var length = unsafe UInt64(position.pointee)
        if length < 0x80 {
            unsafe position += 1
        } else if let long = try? longVarint() {
            length = long
        } else {
            return false
        }
        let room = unsafe UInt64(truncatingIfNeeded: end - position)
        guard length < room, room &- length > UInt64(truncatingIfNeeded: tagWidth) else { return false }
        unsafe position += Int(truncatingIfNeeded: length)
        for index in 0..<tagWidth where unsafe position[index] != tagStart[index] {
            return false
        }
        unsafe position += tagWidth
        return true
    }

    /// Goes on to the next element of a run; false after the last.
    @usableFromInline
    mutating func next(in run: inout Run) -> Bool {
        run.count &-= 1
        if run.count == 0 {
            return false
        }
        unsafe position += run.tagWidth
        tag = run.tag
        return true
    }

    // MARK: Going back

    /// A place in the current message, just after a tag.
    @safe
    struct Place {
        fileprivate let position: UnsafePointer<UInt8>
    }

    var place: Place { unsafe Place(position: position) }

    mutating func go(to place: Place) {
        unsafe position = place.position
    }

    func error(_ kind: DecodeError.Kind) -> DecodeError {
        unsafe DecodeError(kind, fieldNumber: tag >> 3, offset: position - start)
    }
}
