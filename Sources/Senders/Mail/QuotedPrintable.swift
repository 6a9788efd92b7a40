/// Text as lines of at most 76 ASCII characters (RFC 2045 section 6.7): it passes every relay, and mostly stays legible.
enum QuotedPrintable {
    /// Each of CRLF, CR and LF ends a line; the result ends with one.
    static func encode(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        var line: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0D || byte == 0x0A {
                if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
                end(&line, into: &output)
            } else {
                let isLast = index == bytes.count || bytes[index] == 0x0D || bytes[index] == 0x0A
                append(byte, isLast: isLast, to: &line, output: &output)
            }
        }
        if !line.isEmpty || bytes.isEmpty { end(&line, into: &output) }
        return output
    }

    private static func append(_ byte: UInt8, isLast: Bool, to line: inout [UInt8], output: inout [UInt8]) {
        // Space at the end of a line may get lost on the way.
        let isSpace = byte == 0x20 || byte == 0x09
        let isLiteral = isSpace ? !isLast : (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
        let piece = isLiteral ? [byte] : [UInt8(ascii: "="), digit(byte >> 4), digit(byte & 0xF)]
        // The last place belongs to the soft line break.
        if line.count + piece.count > Limits.quotedLineBytes - 1 {
            line.append(UInt8(ascii: "="))
            end(&line, into: &output)
        }
        line += piece
    }

    private static func end(_ line: inout [UInt8], into output: inout [UInt8]) {
        output += line
        output += [0x0D, 0x0A]
        line.removeAll(keepingCapacity: true)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
