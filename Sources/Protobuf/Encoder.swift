/// Writes one message into a buffer **from its end to its start**, so that a nested message's length is known when it is written
/// and no size has to be computed beforehand.
///
/// It begins with a little room on the stack and moves to a larger buffer that the thread keeps. When that is full, too, it goes on
/// without writing and only counts; then the exact size is known and a second run fills an array of that size. So small messages are
/// written once and copied once, large ones are never copied or grown.
@safe
public struct Encoder: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes still free before what is written. Below zero: the buffer did not suffice, and by how much.
    private var free: Int
    @usableFromInline
    let isDeterministic: Bool
    private var isOnStack: Bool
    /// The thread's buffer, once it has been moved to.
    private var scratch: UnsafeMutableRawPointer?

    /// The caller keeps `buffer` alive for as long as the encoder lives.
    private init(_ buffer: UnsafeMutableRawBufferPointer, isOnStack: Bool, deterministic: Bool) {
        unsafe base = buffer.baseAddress ?? Encoder.nothing
        capacity = buffer.count
        free = buffer.count
        self.isOnStack = isOnStack
        isDeterministic = deterministic
        unsafe scratch = nil
    }

    deinit {
        if let scratch = unsafe scratch {
            unsafe EncoderScratch.giveBack(scratch)
        }
    }

    /// An address to point to where there is no room.
    nonisolated(unsafe) private static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

    /// The bytes that `write` writes, after `prefix` zero bytes. It may be called twice and has to write the same then.
    @inline(__always)
    static func encode(reserving prefix: Int, deterministic: Bool, _ write: (inout Encoder) -> Void) -> [UInt8] {
        let (small, count): ([UInt8]?, Int) = room(deterministic) { encoder in
            write(&encoder)
            encoder.zeros(prefix)
            return (encoder.free < 0 ? nil : encoder.written, encoder.mark)
        }
        if let small {
            return small
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            var encoder = unsafe Encoder(
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<count]), isOnStack: false,
                deterministic: deterministic)
            write(&encoder)
            encoder.zeros(prefix)
            precondition(encoder.free == 0, "A message changed while it was encoded.")
            initialized = count
        }
    }

    /// Appends what `write` writes, which may be called twice, to bytes that have room for it already, or get it.
    @inline(__always)
    static func append(to bytes: inout [UInt8], deterministic: Bool, _ write: (inout Encoder) -> Void) {
        let isDone = room(deterministic) { encoder in
            write(&encoder)
            if encoder.free >= 0 {
                unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: encoder.base + encoder.free, count: encoder.mark))
            }
            return encoder.free >= 0
        }
        if !isDone {
            bytes += encode(reserving: 0, deterministic: deterministic, write)
        }
    }

    /// An encoder that begins on the stack, of which Swift gives no more than 1024 bytes.
    @inline(__always)
    private static func room<Result>(_ deterministic: Bool, _ body: (inout Encoder) -> Result) -> Result {
        unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { stack in
            var encoder = unsafe Encoder(stack, isOnStack: true, deterministic: deterministic)
            return body(&encoder)
        }
    }

    /// What is written, in an array of its own. (`Array(unsafeUninitializedCapacity:)` would look its type up each time.)
    private var written: [UInt8] { unsafe [UInt8](UnsafeRawBufferPointer(start: base + free, count: mark)) }

    // MARK: Room

    /// Takes `count` bytes before what is written; false if they are only counted.
    @inline(__always)
    private mutating func claim(_ count: Int) -> Bool {
        free &-= count
        return free >= 0 || moveToScratch(for: count)
    }

    /// Moves to the thread's buffer after `count` bytes found no room on the stack. True if they have room now.
    @inline(never)
    private mutating func moveToScratch(for count: Int) -> Bool {
        if !isOnStack {
            return false
        }
        isOnStack = false
        let larger = unsafe EncoderScratch.take()
        let more = EncoderScratch.byteCount &- capacity
        let written = free &+ count
        unsafe (larger + more + written).copyMemory(from: base + written, byteCount: capacity &- written)
        free &+= more
        capacity &+= more
        unsafe base = larger
        unsafe scratch = larger
        return free >= 0
    }

    // MARK: Raw values, each before what is already written

    // What is usual is written without a call, what is not by one that comes last: so the usual case needs no stack frame.

    @usableFromInline @inline(__always)
    mutating func varint(_ value: UInt64) {
        if value < 0x80, free >= 1 {
            free &-= 1
            store(UInt8(truncatingIfNeeded: value))
        } else {
            longVarint(value)
        }
    }

    /// The two bytes of a varint that has two.
    @inline(__always)
    private static func pair(_ value: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: value & 0x7F | value << 1 & 0x7F00 | 0x80) }

    /// The varint of a number below 2⁵⁶, all at once, in the last `count` bytes of eight.
    @inline(__always)
    private static func spread(_ value: UInt64, _ count: Int) -> UInt64 {
        // Gaps of four bits, of two and of one.
        var word = value & 0x0FFF_FFFF | value << 4 & 0x0FFF_FFFF_0000_0000
        word = word & 0x0000_3FFF_0000_3FFF | word << 2 & 0x3FFF_0000_3FFF_0000
        word = word & 0x007F_007F_007F_007F | word << 1 & 0x7F00_7F00_7F00_7F00
        let shift = UInt64(truncatingIfNeeded: 64 &- count &* 8)
        return word &<< shift | 0x0080_8080_8080_8080 & (UInt64.max &<< shift)
    }

    @inline(never)
    private mutating func longVarint(_ value: UInt64) {
        if value < 1 << 14, value >= 0x80 {
            if claim(2) {
                store(Encoder.pair(value))
            }
            return
        }
        let bits = 64 &- value.leadingZeroBitCount
        let count = (bits &* 9 &+ 64) / 64
        guard claim(count) else { return }
        if count <= 8, free &+ count >= 8 {
            // The zeros before it fall on what is not written yet.
            let word = Encoder.spread(value, count)
            unsafe base.storeBytes(of: word.littleEndian, toByteOffset: free &+ count &- 8, as: UInt64.self)
            return
        }
        var rest = value
        var next = unsafe base + free
        while rest >= 0x80 {
            unsafe next.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            unsafe next += 1
            rest >>= 7
        }
        unsafe next.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    }

    @usableFromInline
    mutating func fixed<Value: FixedWidthInteger>(_ value: Value) {
        if claim(MemoryLayout<Value>.size) {
            store(value)
        }
    }

    @inline(__always)
    private func store<Value: FixedWidthInteger>(_ value: Value) {
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: free, as: Value.self)
    }

    /// Bytes as they are, without a length.
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        if claim(bytes.count), let source = bytes.baseAddress {
            unsafe (base + free).copyMemory(from: source, byteCount: bytes.count)
        }
    }

    @inline(__always)
    private mutating func zeros(_ count: Int) {
        if count > 0, claim(count) {
            unsafe (base + free).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        }
    }

    /// Bytes with their length.
    @usableFromInline
    mutating func block(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe raw($0) }
        varint(UInt64(truncatingIfNeeded: bytes.count))
    }

    /// A string's UTF-8 with its length.
    @usableFromInline
    mutating func text(_ value: String) {
        // Every string on this platform is contiguous UTF-8.
        let count = unsafe value.utf8.withContiguousStorageIfAvailable { buffer in
            unsafe raw(UnsafeRawBufferPointer(buffer))
            return buffer.count
        }
        varint(UInt64(truncatingIfNeeded: count ?? 0))
    }

    // MARK: Whole fields, most of which have a short tag and a short value

    @inline(__always)
    mutating func field(_ tag: UInt32, _ value: UInt64) {
        if tag < 0x80, value < 0x80, free >= 2 {
            free &-= 2
            store(UInt16(truncatingIfNeeded: tag) | UInt16(truncatingIfNeeded: value) << 8)
        } else {
            longField(tag, value)
        }
    }

    @inline(never)
    private mutating func longField(_ tag: UInt32, _ value: UInt64) {
        if tag < 0x80, value < 1 << 56, free >= 9 {
            let count = ((64 &- value.leadingZeroBitCount) &* 9 &+ 64) / 64
            free &-= 8
            store(Encoder.spread(value, count))
            free &+= 7 &- count
            store(UInt8(truncatingIfNeeded: tag))
        } else {
            longestField(tag, value)
        }
    }

    @inline(never)
    private mutating func longestField(_ tag: UInt32, _ value: UInt64) {
        longVarint(value)
        varint(UInt64(tag))
    }

    @inline(__always)
    mutating func field<Value: FixedWidthInteger>(_ tag: UInt32, fixed value: Value) {
        if tag < 0x80, free > MemoryLayout<Value>.size {
            free &-= MemoryLayout<Value>.size
            store(value)
            free &-= 1
            store(UInt8(truncatingIfNeeded: tag))
        } else {
            longField(tag, fixed: value)
        }
    }

    @inline(never)
    private mutating func longField<Value: FixedWidthInteger>(_ tag: UInt32, fixed value: Value) {
        fixed(value)
        varint(UInt64(tag))
    }

    @inline(__always)
    mutating func field(_ tag: UInt32, _ value: String) {
        _ = unsafe value.utf8.withContiguousStorageIfAvailable { unsafe field(tag, UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    mutating func field(_ tag: UInt32, _ bytes: UnsafeRawBufferPointer) {
        if tag < 0x80, bytes.count < 0x80, free >= bytes.count &+ 2, let source = bytes.baseAddress {
            free &-= bytes.count &+ 2
            store(UInt16(truncatingIfNeeded: tag) | UInt16(truncatingIfNeeded: bytes.count) << 8)
            unsafe ShortCopy.copy(source, to: base + free + 2, count: bytes.count)
        } else {
            unsafe longField(tag, bytes)
        }
    }

    @inline(never)
    private mutating func longField(_ tag: UInt32, _ bytes: UnsafeRawBufferPointer) {
        unsafe raw(bytes)
        varint(UInt64(truncatingIfNeeded: bytes.count))
        varint(UInt64(tag))
    }

    // MARK: Lengths

    /// How much is written so far; give it to `length(since:)` once the value before it is written.
    @usableFromInline
    var mark: Int { capacity &- free }

    /// Puts the length of what was written since `mark` before it.
    @usableFromInline
    mutating func length(since mark: Int) {
        varint(UInt64(truncatingIfNeeded: self.mark &- mark))
    }

    @usableFromInline
    mutating func tag(_ tag: UInt32) {
        varint(UInt64(tag))
    }
}
