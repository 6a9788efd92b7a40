/// Writes one message into a buffer **from its end to its start**, so that a nested message's length is known when it is written
/// and no size has to be computed beforehand.
///
/// When the buffer is full the encoder goes on without writing and only counts; then the exact size is known and a second run
/// fills a buffer of that size. Small messages are written once, large ones are never copied or grown.
@safe
public struct Encoder: ~Copyable {
    private let base: UnsafeMutableRawPointer
    /// Bytes still free before what is written. Below zero: the buffer did not suffice, and by how much.
    @usableFromInline
    var free: Int
    @usableFromInline
    let isDeterministic: Bool

    /// The caller keeps `buffer` alive for as long as the encoder lives.
    init(_ buffer: UnsafeMutableRawBufferPointer, deterministic: Bool) {
        unsafe base = buffer.baseAddress ?? Encoder.nothing
        free = buffer.count
        isDeterministic = deterministic
    }

    /// An address to point to where there is no room.
    nonisolated(unsafe) private static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

    /// Bytes on the stack in which a message is tried first. The largest that Swift takes from the stack without asking.
    private static let firstTryBytes = 1024

    static func encode<M: Message>(_ message: M, reserving prefix: Int, deterministic: Bool) -> [UInt8] {
        let (small, count): ([UInt8]?, Int) = unsafe withUnsafeTemporaryAllocation(byteCount: firstTryBytes, alignment: 16) { scratch in
            var encoder = unsafe Encoder(scratch, deterministic: deterministic)
            message.encode(to: &encoder)
            let start = encoder.free
            let count = scratch.count &- start
            if start < 0 {
                return (nil, count)
            }
            let bytes = unsafe array(prefix: prefix, count: count) { room in
                unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[start...]))
            }
            return (bytes, count)
        }
        if let small {
            return small
        }
        return unsafe array(prefix: prefix, count: count) { room in
            var encoder = unsafe Encoder(room, deterministic: deterministic)
            message.encode(to: &encoder)
            precondition(encoder.free == 0, "A message changed while it was encoded.")
        }
    }

    private static func array(prefix: Int, count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: prefix + count) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            unsafe raw.prefix(prefix).initializeMemory(as: UInt8.self, repeating: 0)
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: raw[prefix...]))
            initialized = prefix + count
        }
    }

    // MARK: Raw values, each before what is already written

    @usableFromInline
    mutating func varint(_ value: UInt64) {
        if value < 0x80 {
            free &-= 1
            if free >= 0 {
                unsafe base.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: free, as: UInt8.self)
            }
        } else {
            longVarint(value)
        }
    }

    private mutating func longVarint(_ value: UInt64) {
        let bits = 64 &- value.leadingZeroBitCount
        let count = (bits &* 9 &+ 64) / 64
        free &-= count
        if free < 0 {
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
        free &-= MemoryLayout<Value>.size
        if free >= 0 {
            unsafe base.storeBytes(of: value.littleEndian, toByteOffset: free, as: Value.self)
        }
    }

    /// Bytes as they are, without a length.
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        free &-= bytes.count
        if free >= 0, let source = bytes.baseAddress {
            unsafe (base + free).copyMemory(from: source, byteCount: bytes.count)
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
        var value = value
        let count = value.withUTF8 { buffer in
            unsafe raw(UnsafeRawBufferPointer(buffer))
            return buffer.count
        }
        varint(UInt64(truncatingIfNeeded: count))
    }

    /// Where the next value will end; give it to `length(since:)` once it is written.
    @usableFromInline
    var mark: Int { free }

    /// Puts the length of what was written since `mark` before it.
    @usableFromInline
    mutating func length(since mark: Int) {
        varint(UInt64(truncatingIfNeeded: mark &- free))
    }

    @usableFromInline
    mutating func tag(_ tag: UInt32) {
        varint(UInt64(tag))
    }
}
