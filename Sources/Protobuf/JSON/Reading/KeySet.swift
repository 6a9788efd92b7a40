/// The keys that a map has had, as bytes. While they ascend, as in what protobuf libraries write, none can be there twice.
struct KeySet: ~Copyable {
    /// Their bytes, one key after the other, each behind its length in eight bytes.
    private var text = ByteBuffer(capacity: 256)
    private var lastStart = 0
    /// All of them, from the first one on that did not ascend.
    private var all: Set<[UInt8]>?

    /// False if the key is already in it.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        if let isInserted = unsafe all?.insert([UInt8](key)).inserted {
            return isInserted
        }
        if text.count > 0, unsafe !text.bytes(from: lastStart).precedes(key) {
            return unsafe insertUnordered(key)
        }
        text.appendFixed(UInt64(truncatingIfNeeded: key.count))
        lastStart = text.count
        unsafe text.append(key)
        return true
    }

    @inline(never)
    private mutating func insertUnordered(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        var keys: Set<[UInt8]> = []
        var index = 0
        while index < text.count {
            let rest = unsafe UnsafeRawBufferPointer(text.bytes(from: index))
            let length = unsafe Int(truncatingIfNeeded: UInt64(littleEndian: rest.loadUnaligned(as: UInt64.self)))
            unsafe keys.insert([UInt8](rest[8..<(8 + length)]))
            index += 8 + length
        }
        let isInserted = unsafe keys.insert([UInt8](key)).inserted
        all = keys
        return isInserted
    }
}
