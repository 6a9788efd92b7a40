/// The statements of a text that may hold several, as words: enough to tell what each of them does. It follows PostgreSQL's lexical rules
/// (section 4.1 of its manual). Pure.
struct SQLScript {
    struct Statement: Equatable {
        /// With the comments that stand inside of it, without those before it and the semicolon.
        var text: String
        /// Keywords and names in lower case, quoted names as they are, `'` for a string whatever is in it, other characters one by one.
        var words: [String]
    }

    private(set) var statements: [Statement] = []

    init(_ text: String) {
        var lexer = Lexer(text)
        var words: [String] = []
        var start: Int?
        // Between BEGIN ATOMIC and its END a semicolon ends a statement of the function's body, not that of the script.
        var openBodies = 0
        var end = 0
        while let word = lexer.next() {
            defer { end = lexer.wordEnd }
            if word == ";", openBodies == 0 {
                if let begin = start { statements.append(Statement(text: lexer.text(from: begin, to: end), words: words)) }
                words = []
                start = nil
                continue
            }
            if start == nil { start = lexer.wordStart }
            if word == "atomic", words.last == "begin" {
                openBodies = 1
            } else if openBodies > 0 {
                if word == "case" { openBodies += 1 }
                if word == "end" { openBodies -= 1 }
            }
            words.append(word)
        }
        if let begin = start { statements.append(Statement(text: lexer.text(from: begin, to: end), words: words)) }
    }
}

private struct Lexer {
    private let bytes: [UInt8]
    private var position = 0
    /// Of the word that `next` gave last.
    private(set) var wordStart = 0
    private(set) var wordEnd = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    func text(from start: Int, to end: Int) -> String {
        String(decoding: bytes[start..<end], as: UTF8.self)
    }

    mutating func next() -> String? {
        skipSpaceAndComments()
        guard position < bytes.count else { return nil }
        wordStart = position
        defer { wordEnd = position }
        let byte = bytes[position]
        if byte == UInt8(ascii: "'") { return string(escapes: false) }
        if byte == UInt8(ascii: "\"") { return quotedName() }
        if byte == UInt8(ascii: "$"), let tag = dollarTag() { return dollarString(tag) }
        if (byte | 0x20) == UInt8(ascii: "e"), peek(1) == UInt8(ascii: "'") {
            position += 1
            return string(escapes: true)
        }
        if isNameByte(byte) {
            while position < bytes.count, isNameByte(bytes[position]) || bytes[position] == UInt8(ascii: "$") { position += 1 }
            return text(from: wordStart, to: position).lowercased()
        }
        position += 1
        return text(from: wordStart, to: position)
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    /// A digit counts as one: where a number stands does not matter here.
    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func skipSpaceAndComments() {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            } else if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                skipBlockComment()
            } else if bytes[position] <= 0x20 {
                position += 1
            } else {
                return
            }
        }
    }

    /// Block comments nest.
    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func string(escapes: Bool) -> String {
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if escapes, byte == UInt8(ascii: "\\") {
                position = min(position + 2, bytes.count)
            } else if byte == UInt8(ascii: "'") {
                position += 1
                guard position < bytes.count, bytes[position] == UInt8(ascii: "'") else { break }
                position += 1
            } else {
                position += 1
            }
        }
        return "'"
    }

    private mutating func quotedName() -> String {
        position += 1
        var name: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else { break }
                position += 1
            }
            name.append(byte)
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// `$$` or `$tag$` at the current place; `$1` is a parameter.
    private func dollarTag() -> ArraySlice<UInt8>? {
        var end = position + 1
        while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$") else { return nil }
        if let first = peek(1), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { return nil }
        return bytes[position...end]
    }

    private mutating func dollarString(_ tag: ArraySlice<UInt8>) -> String {
        position += tag.count
        while position < bytes.count, !bytes[position...].starts(with: tag) { position += 1 }
        position = min(position + tag.count, bytes.count)
        return "'"
    }
}
