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

    func string() -> String { unsafe String(decoding: bytes, as: UTF8.self) }

    mutating func removeAll() {
        count = 0
    }

    /// Drops what came after the first `count` bytes.
    mutating func truncate(to count: Int) {
        self.count = count
    }

    mutating func reverse(from first: Int) {
        var tail = unsafe UnsafeMutableBufferPointer(start: base + first, count: count &- first)
        unsafe tail.reverse()
    }

    private mutating func reserve(_ more: Int) {
        if capacity &- count < more {
            grow(more)
        }
    }

    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe fresh.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = fresh
        capacity = larger
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count &+= 1
    }

    mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        guard let start = source.baseAddress else { return }
        reserve(source.count)
        unsafe (base + count).update(from: start, count: source.count)
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

    // MARK: The binary format

    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func appendFixed<Value: FixedWidthInteger>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        unsafe UnsafeMutableRawPointer(base + count).storeBytes(of: value.littleEndian, as: Value.self)
        count &+= MemoryLayout<Value>.size
    }

    mutating func appendBlock(_ source: UnsafeBufferPointer<UInt8>) {
        appendVarint(UInt64(source.count))
        unsafe append(source)
    }

    /// Begins something whose length will stand before it; give the result to `closeBlock`.
    mutating func openBlock() -> Int {
        append(0)
        return count
    }

    /// Writes the length of all since `start`, moving it where the length takes more than the one byte kept free.
    mutating func closeBlock(_ start: Int) {
        let length = count &- start
        if length < 0x80 {
            unsafe base[start &- 1] = UInt8(truncatingIfNeeded: length)
            return
        }
        let bits = UInt64.bitWidth &- UInt64(length).leadingZeroBitCount
        let extra = (bits &- 1) / 7
        reserve(extra)
        unsafe (base + start + extra).update(from: base + start, count: length)
        count = start &- 1
        appendVarint(UInt64(length))
        count &+= length
    }
}
