/// Reads JSON text token by token (RFC 8259, strictly: no comments, no trailing commas, no single quotes).
///
/// The text must be valid UTF-8 and stay alive and unchanged for as long as the reader lives.
@safe
struct JSONReader: ~Copyable {
    private let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    var position: UnsafePointer<UInt8>
    private var depthLeft: Int
    /// A string with its escapes resolved, valid until the next string is read.
    var unescaped = ByteBuffer(capacity: 64)

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

    /// The error of a text that is not UTF-8.
    static func notUTF8(_ text: UnsafeBufferPointer<UInt8>) -> JSONError {
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = unsafe text.makeIterator()
        var offset = 0
        while case .valid(let scalar) = unsafe parser.parseScalar(from: &bytes) {
            offset += scalar.count
        }
        return unsafe JSONReader(text, depth: 0).error("The text is not UTF-8.", at: offset)
    }

    /// An error about the token that comes next.
    func unexpected(_ wanted: String) -> JSONError {
        unsafe error(position == end ? "The text ends where \(wanted) should be." : "Here should be \(wanted).")
    }

    // MARK: Structure

    /// The next byte that is not white space, not consumed; 0 at the end.
    @inline(__always)
    mutating func peek() -> UInt8 {
        if unsafe position < end, unsafe position.pointee > 0x20 {
            return unsafe position.pointee
        }
        return peekBehindSpace()
    }

    @inline(never)
    private mutating func peekBehindSpace() -> UInt8 {
        while unsafe position < end {
            let byte = unsafe position.pointee
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            unsafe position += 1
        }
        return 0
    }

    /// Takes the bytes of `text` but for the first few, if exactly these come next.
    @inline(__always)
    mutating func take(_ text: SchemaText, from first: Int) -> Bool {
        let length = text.count &- first
        guard unsafe end - position >= length &+ 8 else { return false }
        let wanted = unsafe UnsafeRawPointer(text.start + first)
        let found = unsafe UnsafeRawPointer(position)
        var index = 0
        while length &- index >= 8 {
            if unsafe (wanted + index).loadUnaligned(as: UInt64.self) != (found + index).loadUnaligned(as: UInt64.self) {
                return false
            }
            index &+= 8
        }
        let difference = unsafe (wanted + index).loadUnaligned(as: UInt64.self) ^ (found + index).loadUnaligned(as: UInt64.self)
        // The schema has zeros behind its texts, the bytes that do not count are shifted out.
        if length > index && UInt64(littleEndian: difference) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* (length &- index)) != 0 {
            return false
        }
        unsafe position += length
        return true
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8, _ wanted: String) throws(JSONError) {
        guard peek() == byte else { throw unexpected(wanted) }
        unsafe position += 1
    }

    /// Consumes `byte` if it comes next.
    @inline(__always)
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
            leave()
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
        leave()
        return false
    }

    /// Ends an object or an array, which `more` does unless it is left in its midst.
    @inline(__always)
    mutating func leave() {
        depthLeft &+= 1
    }

    mutating func expectEnd() throws(JSONError) {
        _ = peek()
        if unsafe position != end {
            throw error("The text goes on after its value.")
        }
    }

    // MARK: Words

    /// `true` and `false` as little-endian numbers.
    private static let trueWord: UInt64 = 0x6575_7274
    private static let falseWord: UInt64 = 0x65_736C_6166

    mutating func null() throws(JSONError) {
        try word("null")
    }

    mutating func bool() throws(JSONError) -> Bool {
        if unsafe end - position >= 8 {
            let word = unsafe UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            if word & 0xFFFF_FFFF == JSONReader.trueWord {
                unsafe position += 4
                return true
            } else if word & 0xFF_FFFF_FFFF == JSONReader.falseWord {
                unsafe position += 5
                return false
            }
        }
        let isTrue = peek() == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false", wanted: "true or false")
        return isTrue
    }

    private mutating func word(_ word: StaticString, wanted: String? = nil) throws(JSONError) {
        _ = peek()
        let length = word.utf8CodeUnitCount
        var index = 0
        while index < length, unsafe position + index < end, unsafe position[index] == word.utf8Start[index] {
            index &+= 1
        }
        guard index == length else { throw unexpected(wanted ?? "\(word)") }
        unsafe position += length
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
