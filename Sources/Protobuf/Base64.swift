/// Base64 as JSON's bytes fields use it (RFC 4648): written in the standard alphabet with padding, read in either alphabet.
package enum Base64 {
    package static func decode(_ text: String) -> [UInt8]? {
        unsafe text.utf8Span.span.withUnsafeBufferPointer { unsafe decode($0) }
    }

    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var count: Int?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: largestSize(decoding: text.count)) { buffer, initialized in
            guard let target = buffer.baseAddress else { return }
            count = unsafe decode(text, to: target)
            initialized = count ?? 0
        }
        return count == nil ? nil : bytes
    }

    /// The memory that `decode` needs.
    static func largestSize(decoding count: Int) -> Int { count / 4 &* 3 &+ 3 }

    /// Decodes standard or URL-safe base64, padded or not.
    ///
    /// - Returns: how many bytes there are, nil if it is neither.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Int? {
        var count = text.count
        if count % 4 == 0 {
            for _ in 0..<2 where unsafe count > 0 && text[count &- 1] == UInt8(ascii: "=") {
                count &-= 1
            }
        }
        if count % 4 == 1 {
            return nil
        }
        return unsafe values.withUnsafeBufferPointer { values in
            var index = 0
            var size = 0
            // Bits of what is no character stay set.
            var invalid: UInt32 = 0
            while index < count {
                var group: UInt32 = 0
                let characters = min(count &- index, 4)
                for place in 0..<characters {
                    let value = unsafe UInt32(values[Int(text[index &+ place])])
                    invalid |= value
                    group |= value &<< UInt32(truncatingIfNeeded: 18 &- 6 &* place)
                }
                for place in 0..<(characters &- 1) {
                    unsafe target[size &+ place] = UInt8(truncatingIfNeeded: group &>> UInt32(truncatingIfNeeded: 16 &- 8 &* place))
                }
                size &+= characters &- 1
                index &+= 4
            }
            return invalid < 64 ? size : nil
        }
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        var text = ByteBuffer(capacity: (bytes.count + 2) / 3 * 4)
        unsafe bytes.withUnsafeBytes { unsafe encode($0, to: &text) }
        return text.string()
    }

    static func encode(_ bytes: UnsafeRawBufferPointer, to output: inout ByteBuffer) {
        let size = (bytes.count &+ 2) / 3 &* 4
        let target = unsafe output.room(for: size)
        unsafe alphabet.withUnsafeBufferPointer { alphabet in
            var index = 0
            var place = 0
            while index < bytes.count {
                let left = bytes.count &- index
                let first = unsafe UInt32(bytes[index]) << 16
                let second = unsafe left > 1 ? UInt32(bytes[index &+ 1]) << 8 : 0
                let third = unsafe left > 2 ? UInt32(bytes[index &+ 2]) : 0
                let group = first | second | third
                unsafe target[place] = unsafe alphabet[Int(group >> 18)]
                unsafe target[place &+ 1] = unsafe alphabet[Int(group >> 12 & 63)]
                unsafe target[place &+ 2] = unsafe left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "=")
                unsafe target[place &+ 3] = unsafe left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "=")
                place &+= 4
                index &+= 3
            }
        }
        output.advance(by: size)
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
