/// Reads one message from borrowed bytes. Generated code asks for the next tag, switches on it, and asks for the value.
///
/// Nothing outside this module can make or copy one, so it cannot outlive the bytes it points to.
@safe
public struct Decoder: ~Copyable {
    var position: UnsafePointer<UInt8>
    /// Where the current message (or packed field, or map entry) ends.
    var end: UnsafePointer<UInt8>
    var tag: UInt32 = 0
    var tagStart: UnsafePointer<UInt8>
    /// Messages and groups that may still be entered.
    var depthLeft: Int
    private var elementsLeft: Int
    private var memoryLeft: Int
    private let start: UnsafePointer<UInt8>

    /// The caller keeps `buffer` alive and unchanged for as long as the decoder lives.
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
    public mutating func nextTag() throws(DecodeError) -> UInt32 {
        unsafe tagStart = position
        if unsafe position == end {
            return 0
        }
        let byte = unsafe position.pointee
        if byte < 0x80 {
            unsafe position += 1
            tag = UInt32(byte)
        } else {
            tag = try longTag()
        }
        if tag == 0 {
            throw error(.invalidTag)
        }
        return tag
    }

    private mutating func longTag() throws(DecodeError) -> UInt32 {
        tag = 0
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while unsafe position < end {
            let byte = unsafe position.pointee
            unsafe position += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                guard let tag = UInt32(exactly: value) else { throw error(.invalidTag) }
                return tag
            }
            shift &+= 7
            if shift == 35 {
                throw error(.invalidTag)
            }
        }
        throw error(.truncated)
    }

    // MARK: Raw values

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

    /// Counts one element of a repeated field or map that takes `memory` bytes.
    @usableFromInline
    mutating func charge(memory: Int) throws(DecodeError) {
        elementsLeft &-= 1
        memoryLeft &-= memory
        if elementsLeft < 0 {
            throw error(.tooManyElements)
        }
        if memoryLeft < 0 {
            throw error(.tooMuchMemory)
        }
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
