/// Finds where a JSON string needs attention: a quote, a backslash or a control character. Nearly all strings have none.
enum PlainText {
    /// How many bytes from `start` on are none of these, looked at eight at a time.
    static func length(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Int {
        var next = unsafe start
        while unsafe end - next >= 8 {
            let bytes = unsafe UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
            if special(bytes) != 0 {
                break
            }
            unsafe next += 8
        }
        while unsafe next < end {
            let byte = unsafe next.pointee
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                break
            }
            unsafe next += 1
        }
        return unsafe next - start
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Not 0 if one of eight bytes is special. (x - n) & ~x has a byte's high bit set where the byte is below n; a borrow may set
    /// it in the byte above, too, which only sends the caller to the slow way.
    private static func special(_ bytes: UInt64) -> UInt64 {
        let quote = bytes ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = bytes ^ ones &* UInt64(UInt8(ascii: "\\"))
        let control = (bytes &- ones &* 0x20) & ~bytes
        return (control | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & highBits
    }
}
