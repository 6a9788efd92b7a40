/// Cuts a file into tokens and the comment gaps between them. What is no token is reported and skipped.
struct Lexer {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var log: DiagnosticLog
    private(set) var tokens: [Token] = []
    /// Gaps that hold comments, by the index of the token before them; -1 stands for the start of the file.
    private(set) var gaps: [Int: CommentGap] = [:]

    init(_ source: SourceText) {
        bytes = source.bytes
        log = DiagnosticLog(source: source)
    }

    /// Reads to the end; the last token is always `.end`.
    mutating func run() {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
        collectGap()
        while let byte = peek() {
            let start = offset
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                append(number(), from: start)
            case UInt8(ascii: ".") where peek(1).map(Self.isDigit) == true:
                append(number(), from: start)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipString(quote: byte)
                append(.string, from: start)
            case _ where Self.isLetter(byte):
                skipWord()
                append(.identifier, from: start)
            case 0x21...0x7E:
                offset += 1
                append(.symbol, from: start)
            default:
                skipStrayBytes()
            }
            collectGap()
        }
        append(.end, from: offset)
    }

    private mutating func append(_ kind: Token.Kind, from start: Int) {
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        tokens.append(Token(kind: kind, span: Span(start: start, end: offset), text: text))
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    private mutating func error(_ message: String, from start: Int) {
        log.error(message, at: Span(start: start, end: max(offset, start)))
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80 || byte == UInt8(ascii: "_")
    }

    private mutating func skipStrayBytes() {
        let start = offset
        while let byte = peek(), byte < 0x20 || byte > 0x7E, !Self.isBlank(byte), byte != UInt8(ascii: "\n") { offset += 1 }
        let isControl = bytes[start] < 0x20 || bytes[start] == 0x7F
        error(
            isControl
                ? "a control character stands here; only spaces, tabs and line ends may stand between words"
                : "only ASCII letters may stand outside strings and comments", from: start)
    }

    /// A letter with an accent is wrong, and no reason to take the word for two.
    private mutating func skipWord() {
        var stray: Int?
        while let next = peek(), Self.isLetter(next) || Self.isDigit(next) || next >= 0x80 {
            if next >= 0x80, stray == nil { stray = offset }
            offset += 1
        }
        if let stray { error("a name has only the letters a to z and A to Z, digits and underscores", from: stray) }
    }

    private mutating func skipString(quote: UInt8) {
        let start = offset
        offset += 1
        while let byte = peek() {
            switch byte {
            case quote:
                offset += 1
                return
            case UInt8(ascii: "\\"):
                // What follows a backslash cannot end the string; a line end still does.
                offset += peek(1) == nil || peek(1) == UInt8(ascii: "\n") ? 1 : 2
            case UInt8(ascii: "\n"):
                error("this string has no closing quote on its line", from: start)
                return
            default:
                offset += 1
            }
        }
        error("this string has no closing quote", from: start)
    }

    private mutating func number() -> Token.Kind {
        let start = offset
        var kind = Token.Kind.integer
        if peek() == UInt8(ascii: "0"), peek(1).map({ $0 | 0x20 }) == UInt8(ascii: "x") {
            offset += 2
            if skipDigits(where: Literal.isHexDigit) == 0 { error("\"0x\" needs hexadecimal digits", from: start) }
        } else if peek() == UInt8(ascii: "0"), peek(1).map(Self.isDigit) == true {
            skipDigits(where: { Literal.octalDigit($0) != nil })
            if skipDigits(where: Self.isDigit) > 0 {
                error("a number that begins with 0 is octal and has only the digits 0 to 7", from: start)
            }
        } else {
            skipDigits(where: Self.isDigit)
            if peek() == UInt8(ascii: ".") {
                kind = .float
                offset += 1
                skipDigits(where: Self.isDigit)
            }
            if peek().map({ $0 | 0x20 }) == UInt8(ascii: "e") {
                kind = .float
                offset += 1
                if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
                if skipDigits(where: Self.isDigit) == 0 { error("the exponent has no digits", from: start) }
            }
        }
        if let next = peek(), Self.isLetter(next) || next == UInt8(ascii: ".") {
            let junk = offset
            while let next = peek(), Self.isLetter(next) || Self.isDigit(next) || next == UInt8(ascii: ".") { offset += 1 }
            error("a number ends here, and a space must follow it", from: junk)
        }
        return kind
    }

    @discardableResult
    private mutating func skipDigits(where isDigit: (UInt8) -> Bool) -> Int {
        let start = offset
        while let byte = peek(), isDigit(byte) { offset += 1 }
        return offset - start
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == 0x0B || byte == 0x0C
    }
}

extension Lexer {
    /// Reads blanks and comments up to the next token and shares the comments out, by the rules that protoc has for SourceCodeInfo.
    private mutating func collectGap() {
        let atStart = tokens.isEmpty
        var collector = CommentCollector(afterDeclaration: !atStart)
        defer {
            let gap = collector.finish()
            if gap != CommentGap() { gaps[tokens.count - 1] = gap }
        }
        if !atStart {
            skipBlanks()
            if let comment = lineComment() {
                collector.addLine(comment)
                collector.close()
            } else if let comment = blockComment() {
                collector.addBlock(comment)
                skipBlanks()
                guard skipLineEnd() else {
                    collector.discard()
                    skipAllComments()
                    return
                }
                collector.close()
            } else if !skipLineEnd() {
                return
            }
        }
        while true {
            skipBlanks()
            if let comment = lineComment() {
                collector.addLine(comment)
            } else if let comment = blockComment() {
                collector.addBlock(comment)
                skipBlanks()
                skipLineEnd()
            } else if skipLineEnd() {
                collector.blankLine()
            } else {
                // At the end of a scope there is nothing that a comment could lead.
                if peek().map({ [UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")")].contains($0) }) ?? true { collector.close() }
                return
            }
        }
    }

    private mutating func skipAllComments() {
        repeat {
            skipBlanks()
        } while skipLineEnd() || lineComment() != nil || blockComment() != nil
    }

    private mutating func skipBlanks() {
        while let byte = peek(), Self.isBlank(byte) { offset += 1 }
    }

    @discardableResult
    private mutating func skipLineEnd() -> Bool {
        guard peek() == UInt8(ascii: "\n") else { return false }
        offset += 1
        return true
    }

    /// The text after `//`, its line end included.
    private mutating func lineComment() -> String? {
        guard peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") else { return nil }
        offset += 2
        let start = offset
        while let byte = peek(), byte != UInt8(ascii: "\n") { offset += 1 }
        var text = bytes[start..<offset]
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        return String(decoding: text, as: UTF8.self) + (skipLineEnd() ? "\n" : "")
    }

    /// The text between `/*` and `*/`, each further line without its indentation and its star.
    private mutating func blockComment() -> String? {
        guard peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") else { return nil }
        let start = offset
        offset += 2
        var text: [UInt8] = []
        while let byte = peek() {
            if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                offset += 2
                return String(decoding: text, as: UTF8.self)
            }
            offset += 1
            if byte == UInt8(ascii: "\r"), peek() == UInt8(ascii: "\n") { continue }
            text.append(byte)
            if byte == UInt8(ascii: "\n") {
                skipBlanks()
                if peek() == UInt8(ascii: "*"), peek(1) != UInt8(ascii: "/") { offset += 1 }
            } else if byte == UInt8(ascii: "/"), peek() == UInt8(ascii: "*") {
                log.error("a block comment cannot hold another one", at: Span(start: offset - 1, end: offset + 1))
            }
        }
        log.error("this block comment has no end", at: Span(start: start, end: start + 2))
        return String(decoding: text, as: UTF8.self)
    }
}
