/// JSON's spelling of strings and numbers (RFC 8259).
extension ByteBuffer {
    mutating func appendQuoted(_ text: String) {
        var text = text
        text.withUTF8 { unsafe appendQuoted($0) }
    }

    /// Appends UTF-8 in quotes, with the escapes that JSON demands and no others.
    mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        if var next = text.baseAddress {
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
        }
        append(UInt8(ascii: "\""))
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

    mutating func appendDecimal(_ value: UInt64) {
        let first = count
        var rest = value
        repeat {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        reverse(from: first)
    }

    mutating func appendDecimal(_ value: Int64) {
        if value < 0 {
            append(UInt8(ascii: "-"))
        }
        appendDecimal(value.magnitude)
    }

    /// Appends a decimal of exactly `digits` digits, with zeros before it.
    mutating func appendDecimal(_ value: UInt64, digits: Int) {
        let first = count
        var rest = value
        for _ in 0..<digits {
            append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        reverse(from: first)
    }

    /// Appends a finite number, the shortest digits that give it back, or NaN and the infinities in quotes.
    mutating func appendNumber(_ value: Double) {
        if !appendSpecial(value.isNaN, value.isInfinite, value < 0) {
            appendShortest(value.description)
        }
    }

    mutating func appendNumber(_ value: Float) {
        if !appendSpecial(value.isNaN, value.isInfinite, value < 0) {
            appendShortest(value.description)
        }
    }

    private mutating func appendSpecial(_ isNaN: Bool, _ isInfinite: Bool, _ isNegative: Bool) -> Bool {
        if isNaN {
            append("\"NaN\"")
        } else if isInfinite {
            append(isNegative ? "\"-Infinity\"" : "\"Infinity\"")
        }
        return isNaN || isInfinite
    }

    private mutating func appendShortest(_ digits: String) {
        append(digits)
        // `-0` keeps its point: many readers take `-0` for a whole number, which has no sign.
        if digits.hasSuffix(".0") && digits != "-0.0" {
            truncate(to: count &- 2)
        }
    }
}
