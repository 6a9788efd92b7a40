/// JSON's spelling of strings (RFC 8259).
extension ByteBuffer {
    mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { text in
            _ = unsafe appendQuoted(text)
        }
    }

    /// Appends text in quotes, with the escapes that JSON demands and no others. False if it is not UTF-8.
    mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let target = unsafe room(for: text.count &+ 2)
        unsafe target.pointee = UInt8(ascii: "\"")
        var copied = 0
        if let source = text.baseAddress {
            copied = unsafe PlainText.copyASCII(source, text.count, to: target + 1)
        }
        advance(by: copied &+ 1)
        if copied < text.count {
            return unsafe appendRest(UnsafeBufferPointer(rebasing: text[copied...]))
        }
        unsafe target[copied &+ 1] = UInt8(ascii: "\"")
        advance(by: 1)
        return true
    }

    @inline(never)
    private mutating func appendRest(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var next = text.baseAddress, unsafe UTF8Check.isValid(text) else { return false }
        let end = unsafe next + text.count
        while unsafe next < end {
            let plain = unsafe PlainText.length(from: next, to: end)
            unsafe append(UnsafeBufferPointer(start: next, count: plain))
            unsafe next += plain
            if unsafe next < end {
                appendEscape(unsafe next.pointee)
                unsafe next += 1
            }
        }
        append(UInt8(ascii: "\""))
        return true
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append("u00")
            append(byte >> 4 == 0 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0xF
            append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
        }
    }
}
