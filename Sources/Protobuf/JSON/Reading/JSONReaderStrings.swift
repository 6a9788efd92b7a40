/// Strings, in place where nothing in them is escaped.
extension JSONReader {
    /// The UTF-8 of a string, valid until the next string is read.
    mutating func string(_ wanted: String = "a string") throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        try expect(UInt8(ascii: "\""), wanted)
        let first = unsafe position
        let plain = unsafe PlainText.length(from: position, to: end)
        unsafe position += plain
        if unsafe position < end, unsafe position.pointee == UInt8(ascii: "\"") {
            unsafe position += 1
            return unsafe UnsafeBufferPointer(start: first, count: plain)
        }
        unescaped.removeAll()
        unsafe unescaped.append(UnsafeBufferPointer(start: first, count: plain))
        // The buffer cannot be lent together with the reader around it.
        var text = ByteBuffer(capacity: 0)
        swap(&text, &unescaped)
        defer { swap(&text, &unescaped) }
        try rest(into: &text)
        return unsafe text.bytes
    }

    /// Appends the UTF-8 of a string.
    @inline(__always)
    mutating func string(into output: inout ByteBuffer, _ wanted: String = "a string") throws(JSONError) {
        try expect(UInt8(ascii: "\""), wanted)
        // No string is longer than the text that is left, and words of eight bytes are copied.
        let target = unsafe output.room(for: end - position + 8)
        let first = unsafe position
        var copied = 0
        while unsafe end - first >= copied &+ 8 {
            let word = unsafe UnsafeRawPointer(first + copied).loadUnaligned(as: UInt64.self)
            unsafe UnsafeMutableRawPointer(target + copied).storeBytes(of: word, as: UInt64.self)
            let special = PlainText.special(UInt64(littleEndian: word))
            if special != 0 {
                copied &+= special.trailingZeroBitCount &>> 3
                break
            }
            copied &+= 8
        }
        output.advance(by: copied)
        unsafe position = unsafe first + copied
        if unsafe position < end, unsafe position.pointee == UInt8(ascii: "\"") {
            unsafe position += 1
        } else {
            try rest(into: &output)
        }
    }

    /// Appends a string from within it, up to its closing quote.
    @inline(never)
    private mutating func rest(into output: inout ByteBuffer) throws(JSONError) {
        while unsafe position < end {
            let byte = unsafe position.pointee
            if byte < 0x20 {
                throw error("A control character in a string must be escaped.")
            }
            unsafe position += 1
            if byte == UInt8(ascii: "\"") {
                return
            } else if byte == UInt8(ascii: "\\") {
                try escape(into: &output)
            } else {
                unsafe position -= 1
                let plain = unsafe PlainText.length(from: position, to: end)
                unsafe output.append(UnsafeBufferPointer(start: position, count: plain))
                unsafe position += plain
            }
        }
        throw error("The text ends in the middle of a string.")
    }

    private mutating func escape(into output: inout ByteBuffer) throws(JSONError) {
        guard unsafe position < end else { throw error("The text ends in the middle of a string.") }
        let byte = unsafe position.pointee
        unsafe position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(into: &output)
        default: throw error("JSON has no such escape.", at: offset &- 2)
        }
    }

    private mutating func unicodeEscape(into output: inout ByteBuffer) throws(JSONError) {
        let place = offset &- 2
        let first = try hexadecimal()
        var value = first
        if first & 0xFC00 == 0xD800 {
            let isPair = unsafe end - position >= 2 && position[0] == UInt8(ascii: "\\") && position[1] == UInt8(ascii: "u")
            if isPair {
                unsafe position += 2
                let second = try hexadecimal()
                value = second & 0xFC00 == 0xDC00 ? 0x10000 &+ ((first & 0x3FF) &<< 10 | second & 0x3FF) : first
            }
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("Half of a surrogate pair is no character.", at: place) }
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            output.append(byte)
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = unsafe position < end ? position.pointee : 0
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value &<< 4 | UInt32(byte &- UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value &<< 4 | UInt32(byte &- UInt8(ascii: "a") &+ 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value &<< 4 | UInt32(byte &- UInt8(ascii: "A") &+ 10)
            default: throw error("\\u needs four hexadecimal digits.")
            }
            unsafe position += 1
        }
        return value
    }
}
