/// Copies the few bytes that most strings are, with two loads and two stores that may overlap; a call of memcpy costs more.
enum ShortCopy {
    @inline(__always)
    static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
        if count > 32 {
            unsafe target.copyMemory(from: source, byteCount: count)
        } else if count >= 16 {
            unsafe ends(source, target, count, SIMD2<UInt64>.self)
        } else if count >= 8 {
            unsafe ends(source, target, count, UInt64.self)
        } else if count >= 4 {
            unsafe ends(source, target, count, UInt32.self)
        } else {
            for index in 0..<count {
                unsafe target.storeBytes(of: source.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index, as: UInt8.self)
            }
        }
    }

    @inline(__always)
    private static func ends<Word: BitwiseCopyable>(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ word: Word.Type
    ) {
        let last = count &- MemoryLayout<Word>.size
        let (head, tail) = unsafe (source.loadUnaligned(as: word), source.loadUnaligned(fromByteOffset: last, as: word))
        unsafe target.storeBytes(of: head, as: word)
        unsafe target.storeBytes(of: tail, toByteOffset: last, as: word)
    }
}
