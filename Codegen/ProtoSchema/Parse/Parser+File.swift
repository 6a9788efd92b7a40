/// The statements that stand outside all braces.
extension Parser {
    private static let topLevelWords = ["import", "package", "option", "message", "enum", "service", "extend", "syntax"]

    mutating func file() -> FileSyntax {
        var file = FileSyntax()
        syntaxStatement(&file)
        file.dialect = dialect
        while !isAtEnd {
            if at("}") {
                log.error("this \"}\" closes nothing", at: token.span)
                endOfScope()
                continue
            }
            read { (parser) throws(SyntaxError) in try parser.topLevel(&file) }
        }
        return file
    }

    private mutating func syntaxStatement(_ file: inout FileSyntax) {
        guard at("syntax") || at("edition") else {
            log.error("no syntax is named; the first statement must be: syntax = \"proto3\";", at: token.span)
            return
        }
        read { (parser) throws(SyntaxError) in
            let keyword = parser.advance()
            try parser.expect("=", "after \"\(keyword.text)\"")
            let value = try parser.utf8String("\"proto3\" in quotes")
            guard keyword.text == "syntax" else {
                throw SyntaxError(
                    message: "editions are not supported; write: syntax = \"proto3\";", span: keyword.span.through(value.span))
            }
            if let dialect = FileSyntax.Dialect(rawValue: value.text) {
                parser.dialect = dialect
            } else {
                parser.log.error("no syntax is called \"\(value.text)\"; write \"proto3\"", at: value.span)
            }
            let end = parser.token.span
            let comments = try parser.endOfHead(";", "after the syntax")
            file.syntaxSite = Site(span: keyword.span.through(end), comments: comments)
        }
    }

    private mutating func topLevel(_ file: inout FileSyntax) throws(SyntaxError) {
        let keyword = token
        guard keyword.kind == .identifier else { throw unexpected("a statement such as message, enum or service") }
        switch keyword.text {
        case "message": file.messages.append(try message(depth: 0))
        case "enum": file.enums.append(try enumeration())
        case "service": file.services.append(try service())
        case "extend": try extend(into: &file.extensions, entries: &file.messages)
        case "import": file.imports.append(try importStatement())
        case "option": file.options.append(try optionStatement())
        case "package":
            let (name, site) = try packageStatement()
            if file.package == nil {
                (file.package, file.packageSite) = (name, site)
            } else {
                log.error("this file has a package already", at: keyword.span)
            }
        case "syntax", "edition":
            throw SyntaxError(message: "the syntax must be the first statement, and stand there once", span: keyword.span)
        default:
            let hint = Spelling.hint(for: keyword.text, among: Self.topLevelWords)
            throw SyntaxError(message: "no statement begins with \"\(keyword.text)\"\(hint)", span: keyword.span)
        }
    }

    private mutating func packageStatement() throws(SyntaxError) -> (Name, Site) {
        let start = advance().span
        let name = try dottedName("a package name", leadingDot: false)
        let end = token.span
        let comments = try endOfHead(";", "after the package")
        return (name, Site(span: start.through(end), comments: comments))
    }

    private mutating func importStatement() throws(SyntaxError) -> ImportSyntax {
        let start = advance().span
        var kind = ImportSyntax.Kind.plain
        if take("public") { kind = .publicly } else if take("weak") { kind = .weakly }
        let path = try utf8String("the imported file's name in quotes")
        let end = token.span
        let comments = try endOfHead(";", "after the import")
        return ImportSyntax(site: Site(span: start.through(end), comments: comments), path: path, kind: kind)
    }

    private mutating func service() throws(SyntaxError) -> ServiceSyntax {
        let start = advance().span
        let name = try word("the service's name")
        let comments = try endOfHead("{", "after the service's name")
        var service = ServiceSyntax(site: Site(span: start, comments: comments), name: name)
        block { (parser) throws(SyntaxError) in
            if parser.at("option") {
                service.options.append(try parser.optionStatement())
            } else if parser.at("rpc") {
                service.methods.append(try parser.method())
            } else {
                let hint = Spelling.hint(for: parser.token.text, among: ["rpc", "option"])
                let error = parser.unexpected("rpc or option")
                throw SyntaxError(message: error.message + hint, span: error.span)
            }
        }
        service.site.span.end = previousEnd
        return service
    }

    private mutating func method() throws(SyntaxError) -> MethodSyntax {
        let start = advance().span
        let name = try word("the method's name")
        let (request, streamsRequests) = try methodType("request")
        try expect("returns", "after the request")
        let (reply, streamsReplies) = try methodType("reply")
        let hasBlock = at("{")
        let comments = try endOfHead(hasBlock ? "{" : ";", "after the method")
        var method = MethodSyntax(
            site: Site(span: start, comments: comments), name: name, request: request, reply: reply,
            streamsRequests: streamsRequests, streamsReplies: streamsReplies, hasBlock: hasBlock)
        if hasBlock {
            block { (parser) throws(SyntaxError) in
                guard parser.at("option") else { throw parser.unexpected("option") }
                method.options.append(try parser.optionStatement())
            }
        }
        method.site.span.end = previousEnd
        return method
    }

    private mutating func methodType(_ what: String) throws(SyntaxError) -> (Name, streams: Bool) {
        try expect("(", "before the \(what)'s type")
        let streams = take("stream")
        let type = try typeName("the \(what)'s message type")
        try expect(")", "after the \(what)'s type")
        return (type, streams)
    }
}
