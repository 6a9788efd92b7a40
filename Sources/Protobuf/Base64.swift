/// Base64 as JSON's bytes fields use it (RFC 4648): written in the standard alphabet with padding, read in either alphabet.
package enum Base64 {
    package static func decode(_ text: String) -> [UInt8]? {
        unsafe text.utf8Span.span.withUnsafeBufferPointer { unsafe decode($0) }
    }

    /// Decodes standard or URL-safe base64, padded or not. Nil if it is neither.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var count = text.count
        if count % 4 == 0 {
            for _ in 0..<2 where unsafe count > 0 && text[count &- 1] == UInt8(ascii: "=") {
                count &-= 1
            }
        }
        if count % 4 == 1 {
            return nil
        }
        let size = count / 4 &* 3 &+ max(count % 4 &- 1, 0)
        var isValid = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            var accumulator: UInt32 = 0
            var bits = 0
            for index in 0..<count {
                let value = unsafe values[Int(text[index])]
                if value == 0xFF {
                    isValid = false
                    return
                }
                accumulator = accumulator &<< 6 | UInt32(value)
                bits &+= 6
                if bits >= 8 {
                    bits &-= 8
                    unsafe buffer[initialized] = UInt8(truncatingIfNeeded: accumulator &>> UInt32(truncatingIfNeeded: bits))
                    initialized &+= 1
                }
            }
        }
        return isValid ? bytes : nil
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        var text = ByteBuffer(capacity: (bytes.count + 2) / 3 * 4)
        unsafe bytes.withUnsafeBytes { unsafe encode($0, to: &text) }
        return text.string()
    }

    static func encode(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count &- index
            let first = unsafe UInt32(bytes[index]) << 16
            let second = unsafe left > 1 ? UInt32(bytes[index &+ 1]) << 8 : 0
            let third = unsafe left > 2 ? UInt32(bytes[index &+ 2]) : 0
            let group = first | second | third
            output.append(alphabet[Int(group >> 18)])
            output.append(alphabet[Int(group >> 12 & 63)])
            output.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            output.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
            index &+= 3
        }
    }

    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The six bits of each character, 0xFF where it has none.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() {
            table[Int(character)] = UInt8(value)
        }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        return table
    }()
}
