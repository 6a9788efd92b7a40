/// Reads JSON text token by token (RFC 8259, strictly: no comments, no trailing commas, no single quotes).
///
/// The text must be valid UTF-8 and stay alive and unchanged for as long as the reader lives.
@safe
struct JSONReader: ~Copyable {
    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var position: UnsafePointer<UInt8>
    private var depthLeft: Int
    /// A string with its escapes resolved, valid until the next string is read.
    private var unescaped = ByteBuffer(capacity: 64)

    init(_ text: UnsafeBufferPointer<UInt8>, depth: Int) {
        unsafe start = text.baseAddress ?? JSONReader.nothing
        unsafe end = start + text.count
        unsafe position = start
        depthLeft = depth
    }

    /// An address to point to where there is no text.
    nonisolated(unsafe) private static let nothing = unsafe UnsafePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 1))

    // MARK: Places

    /// Bytes from the start of the text.
    var offset: Int { unsafe position - start }

    /// Goes back to a place that was read before.
    mutating func rewind(to offset: Int) {
        unsafe position = start + offset
    }

    func error(_ reason: String, at offset: Int? = nil, suggestion: String? = nil) -> JSONError {
        var line = 1
        var column = 1
        for index in 0..<(offset ?? self.offset) {
            let byte = unsafe start[index]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return JSONError(reason, line: line, column: column, suggestion: suggestion)
    }

    /// An error about the token that comes next.
    func unexpected(_ wanted: String) -> JSONError {
        unsafe error(position == end ? "The text ends where \(wanted) should be." : "Here should be \(wanted).")
    }

    // MARK: Structure

    /// The next byte that is not white space, not consumed; 0 at the end.
    mutating func peek() -> UInt8 {
        while unsafe position < end {
            let byte = unsafe position.pointee
            if byte > 0x20 {
                return byte
            }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            unsafe position += 1
        }
        return 0
    }

    mutating func expect(_ byte: UInt8, _ wanted: String) throws(JSONError) {
        guard peek() == byte else { throw unexpected(wanted) }
        unsafe position += 1
    }

    /// Consumes `byte` if it comes next.
    mutating func accept(_ byte: UInt8) -> Bool {
        if peek() == byte {
            unsafe position += 1
            return true
        }
        return false
    }

    /// Enters an object or an array; the result says whether it has anything in it. Pair with `more`.
    mutating func open(_ bracket: UInt8, _ wanted: String) throws(JSONError) -> Bool {
        try expect(bracket, wanted)
        depthLeft &-= 1
        if depthLeft < 0 {
            throw error("Objects and arrays are nested too deeply.")
        }
        if accept(bracket &+ 2) {
            depthLeft &+= 1
            return false
        }
        return true
    }

    /// After a member or element of what `bracket` opened: true if another one follows.
    mutating func more(_ bracket: UInt8) throws(JSONError) -> Bool {
        if accept(UInt8(ascii: ",")) {
            return true
        }
        try expect(bracket &+ 2, bracket == UInt8(ascii: "{") ? "a comma or a closing brace" : "a comma or a closing bracket")
        depthLeft &+= 1
        return false
    }

    mutating func expectEnd() throws(JSONError) {
        _ = peek()
        if unsafe position != end {
            throw error("The text goes on after its value.")
        }
    }

    // MARK: Values

    mutating func null() throws(JSONError) {
        try word("null")
    }

    mutating func bool() throws(JSONError) -> Bool {
        let isTrue = peek() == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false", wanted: "true or false")
        return isTrue
    }

    private mutating func word(_ word: StaticString, wanted: String? = nil) throws(JSONError) {
        _ = peek()
        let length = word.utf8CodeUnitCount
        let fits = unsafe end - position >= length && (0..<length).allSatisfy { unsafe position[$0] == word.utf8Start[$0] }
        guard fits else { throw unexpected(wanted ?? "\(word)") }
        unsafe position += length
    }

    /// The characters of a number, which follows the grammar.
    mutating func number(_ wanted: String = "a number") throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        _ = peek()
        let first = unsafe position
        let length = unsafe JSONNumber.length(UnsafeBufferPointer(start: first, count: end - first))
        if length == 0 {
            throw unexpected(wanted)
        }
        unsafe position += length
        return unsafe UnsafeBufferPointer(start: first, count: length)
    }

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
        return unsafe try escapedString()
    }

    private mutating func escapedString() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        while unsafe position < end {
            let byte = unsafe position.pointee
            if byte < 0x20 {
                throw error("A control character in a string must be escaped.")
            }
            if byte == UInt8(ascii: "\"") {
                unsafe position += 1
                return unsafe unescaped.bytes
            } else if byte == UInt8(ascii: "\\") {
                unsafe position += 1
                try escape()
            } else {
                let plain = unsafe PlainText.length(from: position, to: end)
                unsafe unescaped.append(UnsafeBufferPointer(start: position, count: plain))
                unsafe position += plain
            }
        }
        throw error("The text ends in the middle of a string.")
    }

    private mutating func escape() throws(JSONError) {
        guard unsafe position < end else { throw error("The text ends in the middle of a string.") }
        let byte = unsafe position.pointee
        unsafe position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape()
        default: throw error("JSON has no such escape.", at: offset &- 2)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) {
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
            unescaped.append(byte)
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

    /// Reads over any value.
    mutating func skip() throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "{"):
            var isInside = try open(UInt8(ascii: "{"), "")
            while isInside {
                _ = unsafe try string("a field name in double quotes")
                try expect(UInt8(ascii: ":"), "a colon")
                try skip()
                isInside = try more(UInt8(ascii: "{"))
            }
        case UInt8(ascii: "["):
            var isInside = try open(UInt8(ascii: "["), "")
            while isInside {
                try skip()
                isInside = try more(UInt8(ascii: "["))
            }
        case UInt8(ascii: "\""): _ = unsafe try string()
        case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
        case UInt8(ascii: "n"): try null()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = unsafe try number()
        default: throw unexpected("a value")
        }
    }
}
