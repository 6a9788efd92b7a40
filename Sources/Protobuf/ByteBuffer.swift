/// Bytes that grow at their end, in memory of their own, for text and messages whose size is not known beforehand.
@safe
struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 16)
        unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: self.capacity)
    }

    deinit {
        unsafe base.deallocate()
    }

    var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: base, count: count) }

    func array() -> [UInt8] { unsafe [UInt8](bytes) }

    /// The text. The caller has put nothing in but UTF-8: to look at all of it again would cost a third of making it.
    func string() -> String { unsafe String(copying: UTF8Span(unchecked: bytes.span)) }

    /// The bytes from a place on.
    func bytes(from start: Int) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: base + start, count: count &- start)
    }

    mutating func removeAll() {
        count = 0
    }

    /// Drops what came after the first `count` bytes.
    mutating func truncate(to count: Int) {
        self.count = count
    }

    /// Memory for `more` bytes behind those that are there. What is written into it counts after `advance`.
    @inline(__always)
    mutating func room(for more: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity &- count < more {
            grow(more)
        }
        return unsafe base + count
    }

    @inline(__always)
    mutating func advance(by more: Int) {
        count &+= more
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe fresh.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = fresh
        capacity = larger
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        unsafe room(for: 1).pointee = byte
        count &+= 1
    }

    mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let start = source.baseAddress else { return }
        unsafe room(for: source.count).update(from: start, count: source.count)
        count &+= source.count
    }

    mutating func append(_ source: [UInt8]) {
        unsafe source.withUnsafeBufferPointer { unsafe append($0) }
    }

    mutating func append(_ text: StaticString) {
        unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe append($0) }
    }

    /// Appends a schema's bytes, but for the first few, 16 at a time.
    @inline(__always)
    mutating func append(_ text: SchemaText, from first: Int = 0) {
        let length = text.count &- first
        let target = unsafe UnsafeMutableRawPointer(room(for: length &+ 16))
        let source = unsafe UnsafeRawPointer(text.start + first)
        var index = 0
        while index < length {
            unsafe (target + index).storeBytes(of: (source + index).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
            index &+= 16
        }
        count &+= length
    }

    // MARK: The binary format

    @inline(__always)
    mutating func appendVarint(_ value: UInt64) {
        var next = unsafe room(for: 10)
        let first = unsafe next
        var rest = value
        while rest >= 0x80 {
            unsafe next.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            unsafe next += 1
            rest >>= 7
        }
        unsafe next.pointee = UInt8(truncatingIfNeeded: rest)
        unsafe count &+= next + 1 - first
    }

    /// Appends a tag, unless it is 0, and a number.
    @inline(__always)
    mutating func append(varint value: UInt64, tag: UInt32) {
        if tag != 0 {
            appendVarint(UInt64(tag))
        }
        appendVarint(value)
    }

    @inline(__always)
    mutating func append(fixed value: some FixedWidthInteger, tag: UInt32) {
        if tag != 0 {
            appendVarint(UInt64(tag))
        }
        appendFixed(value)
    }

    @inline(__always)
    mutating func appendFixed<Value: FixedWidthInteger>(_ value: Value) {
        unsafe UnsafeMutableRawPointer(room(for: MemoryLayout<Value>.size)).storeBytes(of: value.littleEndian, as: Value.self)
        count &+= MemoryLayout<Value>.size
    }

    mutating func appendBlock(_ source: UnsafeBufferPointer<UInt8>) {
        appendVarint(UInt64(source.count))
        unsafe append(source)
    }

    /// Begins something whose length will stand before it; give the result to `closeBlock`.
    @inline(__always)
    mutating func openBlock() -> Int {
        append(0)
        return count
    }

    /// Writes the length of all since `start`, moving it where the length takes more than the one byte kept free.
    @inline(__always)
    mutating func closeBlock(_ start: Int) {
        let length = count &- start
        if length < 0x80 {
            unsafe base[start &- 1] = UInt8(truncatingIfNeeded: length)
        } else {
            closeLongBlock(start, length)
        }
    }

    @inline(never)
    private mutating func closeLongBlock(_ start: Int, _ length: Int) {
        let bits = UInt64.bitWidth &- UInt64(length).leadingZeroBitCount
        let extra = (bits &- 1) / 7
        _ = unsafe room(for: extra)
        unsafe (base + start + extra).update(from: base + start, count: length)
        count = start &- 1
        appendVarint(UInt64(length))
        count &+= length
    }
}
