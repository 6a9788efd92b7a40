/// A JSON value as a token carries it (RFC 8259, and stricter).
///
/// A verifier that reads leniently can be told two stories by one text: what it checked and what somebody else reads. So this reader takes
/// one story only: UTF-8, no duplicate key, no number that is not a 64-bit integer, no surrounding space, bounded depth.
enum StrictJSON: Equatable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case string(String)
    case array([StrictJSON])
    case object([String: StrictJSON])

    /// - Throws: ``Malformed`` for every text that is not exactly one such value.
    init(parsing text: [UInt8]) throws(Malformed) {
        guard let string = String(validating: text, as: UTF8.self) else { throw Malformed("it is not UTF-8") }
        var reader = StrictJSONReader(string.utf8)
        self = try reader.value(depth: 0)
        guard reader.isAtEnd else { throw Malformed("something follows the value") }
    }

    struct Malformed: Error, Equatable {
        var reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }
}

private struct StrictJSONReader {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String.UTF8View) {
        self.text = Array(text)
    }

    var isAtEnd: Bool { position == text.count }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    mutating func value(depth: Int) throws(StrictJSON.Malformed) -> StrictJSON {
        guard depth < Limits.tokenDepth else { throw StrictJSON.Malformed("it is nested too deeply") }
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .integer(try integer())
        }
    }

    private mutating func object(depth: Int) throws(StrictJSON.Malformed) -> [String: StrictJSON] {
        var members: [String: StrictJSON] = [:]
        position += 1
        skipSpace()
        if take("}") { return members }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(":") else { throw StrictJSON.Malformed("a key is not followed by a colon") }
            skipSpace()
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw StrictJSON.Malformed("the key \"\(key)\" comes twice")
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw StrictJSON.Malformed("an object is not closed") }
        return members
    }

    private mutating func array(depth: Int) throws(StrictJSON.Malformed) -> [StrictJSON] {
        var elements: [StrictJSON] = []
        position += 1
        skipSpace()
        if take("]") { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw StrictJSON.Malformed("an array is not closed") }
        return elements
    }

    private mutating func string() throws(StrictJSON.Malformed) -> String {
        guard take("\"") else { throw StrictJSON.Malformed("a string is missing") }
        var bytes: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw StrictJSON.Malformed("a string holds a control character")
            default: bytes.append(byte)
            }
        }
        throw StrictJSON.Malformed("a string is not closed")
    }

    private mutating func escape() throws(StrictJSON.Malformed) -> Unicode.Scalar {
        let letter = next
        position += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try scalar()
        default: throw StrictJSON.Malformed("an escape is unknown")
        }
    }

    private mutating func scalar() throws(StrictJSON.Malformed) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), take("\\"), take("u") else { throw StrictJSON.Malformed("a surrogate stands alone") }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else { throw StrictJSON.Malformed("a surrogate stands alone") }
        let value = 0x10000 + (UInt32(first & 0x3ff) << 10) + UInt32(second & 0x3ff)
        guard let scalar = Unicode.Scalar(value) else { throw StrictJSON.Malformed("an escape is no character") }
        return scalar
    }

    private mutating func codeUnit() throws(StrictJSON.Malformed) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw StrictJSON.Malformed("an escape is cut short")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Dates are the only numbers in a token, and whole seconds: a fraction or an exponent is somebody's trick or mistake.
    private mutating func integer() throws(StrictJSON.Malformed) -> Int64 {
        let start = position
        _ = take("-")
        let digits = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        let hasLeadingZero = position - digits > 1 && text[digits] == UInt8(ascii: "0")
        guard !hasLeadingZero, let value = Int64(String(decoding: text[start..<position], as: UTF8.self)) else {
            throw StrictJSON.Malformed("a number is not a whole one of 64 bits")
        }
        if let byte = next, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(byte) {
            throw StrictJSON.Malformed("a number is not a whole one of 64 bits")
        }
        return value
    }

    private mutating func literal(_ word: StaticString, _ value: StrictJSON) throws(StrictJSON.Malformed) -> StrictJSON {
        for letter in word.description.utf8 {
            guard next == letter else { throw StrictJSON.Malformed("a word is unknown") }
            position += 1
        }
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }
}
