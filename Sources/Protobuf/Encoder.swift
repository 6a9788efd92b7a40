/// Writes one message into a buffer **from its end to its start**, so that a nested message's length is known when it is written
/// and no size has to be computed beforehand.
///
/// When the buffer is full the encoder goes on without writing and only counts; then the exact size is known and a second run
/// fills an array of that size. Small messages are written once and copied once, large ones are never copied or grown.
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

    static func encode<M: Message>(_ message: M, reserving prefix: Int, deterministic: Bool) -> [UInt8] {
        let (small, count): ([UInt8]?, Int) = unsafe EncoderScratch.lend { scratch in
            var encoder = unsafe Encoder(scratch, deterministic: deterministic)
            message.encode(to: &encoder)
            encoder.zeros(prefix)
            let start = encoder.free
            return (start < 0 ? nil : unsafe [UInt8](UnsafeRawBufferPointer(rebasing: scratch[start...])), scratch.count &- start)
        }
        if let small {
            return small
        }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { room, initialized in
            var encoder = unsafe Encoder(
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<count]), deterministic: deterministic)
            message.encode(to: &encoder)
            encoder.zeros(prefix)
            precondition(encoder.free == 0, "A message changed while it was encoded.")
            initialized = count
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

    mutating func zeros(_ count: Int) {
        free &-= count
        if free >= 0 {
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
