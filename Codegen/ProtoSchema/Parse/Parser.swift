/// Reads tokens into syntax, statement by statement; a broken statement is reported, skipped, and the rest is read all the same.
struct Parser {
    let source: SourceText
    var log: DiagnosticLog
    var dialect = FileSyntax.Dialect.proto3
    private let tokens: [Token]
    private let gaps: [Int: CommentGap]
    private var index = 0
    private var upcoming = CommentGap()

    /// One statement cannot be read.
    struct SyntaxError: Error {
        let message: String
        let span: Span
    }

    /// Reads a whole file. The syntax holds whatever could be read, the log what could not.
    static func parse(_ source: SourceText) -> (syntax: FileSyntax, log: DiagnosticLog) {
        guard source.bytes.count <= Limits.fileBytes else {
            var log = DiagnosticLog(source: source)
            log.error("this file is larger than \(Limits.fileBytes >> 20) MiB", at: Span(start: 0, end: 0))
            return (FileSyntax(), log)
        }
        var lexer = Lexer(source)
        lexer.run()
        var parser = Parser(source: source, lexer: lexer)
        let syntax = parser.file()
        return (syntax, parser.log)
    }

    private init(source: SourceText, lexer: Lexer) {
        self.source = source
        log = lexer.log
        tokens = lexer.tokens
        gaps = lexer.gaps
        upcoming = gaps[-1] ?? CommentGap()
    }

    var token: Token { tokens[index] }

    /// The token after the current one; the last token stands for all that would follow it.
    var next: Token { tokens[min(index + 1, tokens.count - 1)] }

    /// Where the token before the current one ends.
    var previousEnd: Int { index > 0 ? tokens[index - 1].span.end : 0 }

    var isAtEnd: Bool { token.kind == .end }

    @discardableResult
    mutating func advance() -> Token {
        let current = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return current
    }

    func at(_ text: String) -> Bool {
        token.text == text && (token.kind == .symbol || token.kind == .identifier)
    }

    mutating func take(_ text: String) -> Bool {
        guard at(text) else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ text: String, _ place: String) throws(SyntaxError) -> Token {
        guard at(text) else { throw unexpected("\"\(text)\" \(place)") }
        return advance()
    }

    mutating func word(_ what: String) throws(SyntaxError) -> Name {
        guard token.kind == .identifier else { throw unexpected(what) }
        let word = advance()
        return Name(text: word.text, span: word.span)
    }

    /// `a.b.c`, with a leading dot where one is allowed.
    mutating func dottedName(_ what: String, leadingDot: Bool = true) throws(SyntaxError) -> Name {
        let start = token.span
        var text = ""
        if leadingDot, take(".") { text = "." }
        var last = try word(what)
        text += last.text
        while take(".") {
            last = try word("a word after the dot")
            text += "." + last.text
        }
        return Name(text: text, span: start.through(last.span))
    }

    /// A dotted name, or one word alone if it is a scalar's, which nothing can be nested in. `group` is a keyword here even where a message
    /// or a package is called that, as protoc has it.
    mutating func typeName(_ what: String) throws(SyntaxError) -> Name {
        guard !at("group") else {
            throw SyntaxError(message: "\"group\" is a keyword here; a type or package of that name needs a leading dot", span: token.span)
        }
        return FieldType.scalars[token.text] == nil ? try dottedName(what) : try word(what)
    }

    func unexpected(_ wanted: String) -> SyntaxError {
        let found: String
        switch token.kind {
        case .end: found = "the file ends"
        case .string: found = "found a string"
        default: found = "found \"\(token.text)\""
        }
        return SyntaxError(message: "expected \(wanted), but \(found)", span: token.span)
    }

    /// One or more adjacent string literals, joined.
    mutating func string(_ what: String) throws(SyntaxError) -> (bytes: [UInt8], span: Span) {
        guard token.kind == .string else { throw unexpected(what) }
        var span = token.span
        var bytes: [UInt8] = []
        while token.kind == .string {
            do throws(EscapeError) {
                bytes += try Unescaper.bytes(of: token.text)
            } catch {
                let place = token.span.start + error.offset
                log.error(error.message, at: Span(start: place, end: place + 1))
                // As it is written, so that it is not taken for another string that is wrong, too.
                bytes += Array(token.text.utf8)
            }
            span.end = advance().span.end
        }
        return (bytes, span)
    }

    mutating func utf8String(_ what: String) throws(SyntaxError) -> Name {
        let (bytes, span) = try string(what)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SyntaxError(message: "this string is not valid UTF-8", span: span)
        }
        return Name(text: text, span: span)
    }

    /// A 32-bit number with an optional sign. One that does not fit is reported and yields nil; anything else throws.
    mutating func number(_ what: String, signed: Bool) throws(SyntaxError) -> Number? {
        let start = token.span
        let isNegative = signed && take("-")
        guard token.kind == .integer else { throw unexpected(what) }
        let digits = advance()
        let span = start.through(digits.span)
        let bound: UInt64 = isNegative ? 1 << 31 : (1 << 31) - 1
        guard let magnitude = Literal.integer(digits.text), magnitude <= bound else {
            // A malformed number has been reported by the lexer.
            if !log.mentions(span) { log.error("\(what) does not fit 32 bits", at: span) }
            return nil
        }
        let value = Int64(magnitude)
        return Number(value: Int32(isNegative ? -value : value), span: span)
    }

    /// Reads the sign that ends a declaration's head (`;` or `{`) and hands out the comments that belong to it.
    mutating func endOfHead(_ sign: String, _ place: String) throws(SyntaxError) -> Comments {
        let position = index
        try expect(sign, place)
        let gap = gaps[position] ?? CommentGap()
        defer { upcoming = CommentGap(detached: gap.detached, leading: gap.leading) }
        return Comments(leading: upcoming.leading, trailing: gap.trailing, detached: upcoming.detached)
    }

    /// Reads the `}` of a scope or a lone `;`: what was said before it belongs to nobody.
    mutating func endOfScope() {
        let isBrace = at("}")
        let gap = gaps[index] ?? CommentGap()
        advance()
        upcoming = CommentGap(detached: (isBrace ? [] : upcoming.detached) + gap.detached, leading: gap.leading)
    }

    /// Reads statements up to and including the closing brace. `statement` reads one and throws when it cannot.
    /// - Parameter allowsEmpty: a lone `;` is a statement, too; not so where protoc wants fields only.
    mutating func block(allowsEmpty: Bool = true, _ statement: (inout Parser) throws(SyntaxError) -> Void) {
        let brace = Span(start: previousEnd - 1, end: previousEnd)
        while !isAtEnd {
            if at("}") {
                endOfScope()
                return
            }
            read(allowsEmpty: allowsEmpty, statement)
        }
        log.error("this \"{\" is never closed", at: brace)
    }

    mutating func read(allowsEmpty: Bool = true, _ statement: (inout Parser) throws(SyntaxError) -> Void) {
        if allowsEmpty, at(";") {
            endOfScope()
            return
        }
        let start = index
        do throws(SyntaxError) {
            try statement(&self)
        } catch {
            log.error(error.message, at: error.span)
            skipStatement(from: start)
        }
    }

    /// Goes on behind the broken statement that began at `start`: after its `;` or its block, or at the `}` of the scope around it.
    private mutating func skipStatement(from start: Int) {
        if at(";") {
            endOfScope()
            return
        }
        if index == start, !at("}") { advance() }
        // The braces of an option's value may be open.
        var depth = tokens[start..<index].reduce(0) { depth, token in
            guard token.kind == .symbol else { return depth }
            return token.text == "{" ? depth + 1 : token.text == "}" ? depth - 1 : depth
        }
        while !isAtEnd {
            if at("{") {
                depth += 1
            } else if at("}") {
                if depth == 0 { return }
                depth -= 1
            }
            let ends = depth == 0 && (at(";") || at("}"))
            if ends {
                endOfScope()
                return
            }
            advance()
        }
    }
}
