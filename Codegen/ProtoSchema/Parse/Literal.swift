/// What the digits and escapes of a literal mean.
enum Literal {
    /// The value of a decimal, octal or hexadecimal integer token; nil when it does not fit 64 bits.
    static func integer(_ text: String) -> UInt64? {
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0"), text.utf8.count > 1 { return UInt64(text.dropFirst(), radix: 8) }
        return UInt64(text)
    }

    /// The value of a float token; too large ones become infinite, as in C.
    static func float(_ text: String) -> Double {
        // `1.` and `1.e3` are fine in a .proto, and Swift wants a digit after the point.
        var digits = text.replacing(".e", with: ".0e").replacing(".E", with: ".0E")
        if digits.hasSuffix(".") { digits += "0" }
        return Double(digits) ?? .nan
    }

    static func octalDigit(_ byte: UInt8) -> UInt32? {
        (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) ? UInt32(byte - UInt8(ascii: "0")) : nil
    }

    static func isHexDigit(_ byte: UInt8) -> Bool { hexDigit(byte) != nil }

    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

/// The escape at `offset` in a string literal is none.
struct EscapeError: Error {
    let message: String
    /// From the start of the token.
    let offset: Int
}

/// Reads the escapes of one quoted string token.
struct Unescaper {
    private let bytes: [UInt8]
    private var offset = 1
    private var value: [UInt8] = []

    /// The bytes that a string token stands for. They need not be UTF-8: `\xFF` is allowed.
    static func bytes(of token: String) throws(EscapeError) -> [UInt8] {
        var unescaper = Unescaper(bytes: Array(token.utf8))
        return try unescaper.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(EscapeError) -> [UInt8] {
        // A string that the lexer found unclosed has no last quote to leave out.
        let isClosed = bytes.count > 1 && bytes.last == bytes.first
        let end = isClosed ? bytes.count - 1 : bytes.count
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\\") { try escape(end) } else { value.append(byte) }
        }
        return value
    }

    private mutating func escape(_ end: Int) throws(EscapeError) {
        let start = offset - 1
        guard offset < end else { throw EscapeError(message: "a backslash stands at the end of this string", offset: start) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "a"): value.append(0x07)
        case UInt8(ascii: "b"): value.append(0x08)
        case UInt8(ascii: "f"): value.append(0x0C)
        case UInt8(ascii: "n"): value.append(0x0A)
        case UInt8(ascii: "r"): value.append(0x0D)
        case UInt8(ascii: "t"): value.append(0x09)
        case UInt8(ascii: "v"): value.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: "\""): value.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            offset -= 1
            let code = digits(atMost: 3, before: end, radix: 8, Literal.octalDigit)
            // Three octal digits can say more than a byte; C and protoc keep the low eight bits.
            value.append(UInt8(truncatingIfNeeded: code.value))
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            let code = digits(atMost: 2, before: end, radix: 16, Literal.hexDigit)
            guard code.count > 0 else { throw EscapeError(message: "\"\\x\" needs one or two hexadecimal digits", offset: start) }
            value.append(UInt8(truncatingIfNeeded: code.value))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            try unicode(length: byte == UInt8(ascii: "u") ? 4 : 8, start, end)
        default:
            throw EscapeError(message: "no escape begins with this letter", offset: start)
        }
    }

    private mutating func unicode(length: Int, _ start: Int, _ end: Int) throws(EscapeError) {
        let code = digits(atMost: length, before: end, radix: 16, Literal.hexDigit)
        guard code.count == length else {
            throw EscapeError(message: "this escape needs \(length) hexadecimal digits", offset: start)
        }
        var scalar = code.value
        if (0xD800..<0xDC00).contains(scalar), offset + 1 < end, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
        {
            offset += 2
            let low = digits(atMost: 4, before: end, radix: 16, Literal.hexDigit)
            if low.count == 4, (0xDC00..<0xE000).contains(low.value) {
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low.value - 0xDC00)
            }
        }
        guard let character = Unicode.Scalar(scalar) else {
            throw EscapeError(message: "this escape names no Unicode character", offset: start)
        }
        value += Array(String(character).utf8)
    }

    private mutating func digits(
        atMost limit: Int, before end: Int, radix: UInt32, _ digit: (UInt8) -> UInt32?
    ) -> (value: UInt32, count: Int) {
        var value: UInt32 = 0
        var count = 0
        while count < limit, offset < end, let next = digit(bytes[offset]) {
            value = value &* radix &+ next
            offset += 1
            count += 1
        }
        return (value, count)
    }
}
