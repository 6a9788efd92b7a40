/// Finds where a JSON string needs attention: a quote, a backslash or a control character. Nearly all strings have none.
enum PlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Not 0 if one of eight bytes is special: then the lowest bit that is set is in the first of them.
    ///
    /// (x - n) & ~x has a byte's high bit set where the byte is below n; a borrow may set it in bytes above, too.
    @inline(__always)
    static func special(_ bytes: UInt64) -> UInt64 {
        let quote = bytes ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = bytes ^ ones &* UInt64(UInt8(ascii: "\\"))
        return ((bytes &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)) & ~bytes & highBits
    }

    /// Not 0 if one of eight bytes is special or not ASCII.
    @inline(__always)
    private static func specialOrForeign(_ bytes: UInt64) -> UInt64 {
        let quote = bytes ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = bytes ^ ones &* UInt64(UInt8(ascii: "\\"))
        return (bytes | (bytes &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)) & highBits
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// How many bytes from `start` on need no attention.
    static func length(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Int {
        var next = unsafe start
        while unsafe end - next >= 8 {
            let special = unsafe special(UnsafeRawPointer(next).loadUnaligned(as: UInt64.self))
            if special != 0 {
                return unsafe next - start + special.trailingZeroBitCount / 8
            }
            unsafe next += 8
        }
        while unsafe next < end, unsafe !isSpecial(next.pointee) {
            unsafe next += 1
        }
        return unsafe next - start
    }

    /// Copies bytes as long as they are ASCII and need no attention; stops up to seven bytes before the first one that is not.
    ///
    /// - Returns: how many were copied.
    @inline(__always)
    static func copyASCII(_ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var index = 0
        if count < 8 {
            while index < count, unsafe source[index] < 0x80, unsafe !isSpecial(source[index]) {
                unsafe target[index] = unsafe source[index]
                index &+= 1
            }
            return index
        }
        // The last eight bytes may overlap those before.
        let last = count &- 8
        while true {
            let word = unsafe UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
            if specialOrForeign(word) != 0 {
                return index
            }
            unsafe UnsafeMutableRawPointer(target + index).storeBytes(of: word, as: UInt64.self)
            if index == last {
                return count
            }
            index = min(index &+ 8, last)
        }
    }
}
