/// Options and their values; aggregates are text format.
extension Parser {
    mutating func optionStatement() throws(SyntaxError) -> OptionSyntax {
        advance()
        let option = try option()
        _ = try endOfHead(";", "after the option")
        return option
    }

    /// `[a = 1, (b).c = "x"]`, or nothing.
    mutating func optionList() throws(SyntaxError) -> [OptionSyntax] {
        guard take("[") else { return [] }
        var options: [OptionSyntax] = []
        repeat {
            options.append(try option())
        } while take(",")
        try expect("]", "after the options")
        return options
    }

    private mutating func option() throws(SyntaxError) -> OptionSyntax {
        var path: [OptionSyntax.Part] = []
        repeat {
            if take("(") {
                path.append(OptionSyntax.Part(name: try dottedName("the name of a custom option"), isExtension: true))
                try expect(")", "after the custom option's name")
            } else {
                path.append(OptionSyntax.Part(name: try word("an option's name"), isExtension: false))
            }
        } while take(".")
        try expect("=", "after the option's name")
        return OptionSyntax(path: path, value: try value(isAggregateField: false, depth: 0))
    }

    private mutating func value(isAggregateField: Bool, depth: Int) throws(SyntaxError) -> ValueSyntax {
        let start = token.span
        guard depth < Limits.aggregateNesting else {
            throw SyntaxError(message: "values may nest \(Limits.aggregateNesting) deep", span: start)
        }
        if at("{") || (isAggregateField && at("<")) { return try aggregate(depth: depth) }
        if isAggregateField, at("[") { return try list(depth: depth) }
        if token.kind == .string {
            let (bytes, span) = try string("a string")
            return ValueSyntax(content: .string(bytes), span: span)
        }
        let isNegative = take("-")
        let content: ValueSyntax.Content
        switch token.kind {
        case .identifier where !isNegative:
            content = .identifier(token.text)
        case .identifier where ["inf", "infinity", "nan"].contains(token.text.lowercased()):
            content = .float(token.text.lowercased() == "nan" ? -Double.nan : -Double.infinity)
        case .integer:
            if let magnitude = Literal.integer(token.text) {
                content = .integer(magnitude, isNegative: isNegative)
            } else if isAggregateField, !token.text.hasPrefix("0") {
                // Text format takes a float's digits as far as they go.
                content = .float(isNegative ? -Literal.float(token.text) : Literal.float(token.text))
            } else {
                throw SyntaxError(message: "this number does not fit 64 bits", span: token.span)
            }
        case .float:
            content = .float(isNegative ? -Literal.float(token.text) : Literal.float(token.text))
        default:
            throw unexpected(isNegative ? "a number after \"-\"" : "a value")
        }
        return ValueSyntax(content: content, span: start.through(advance().span))
    }

    private mutating func list(depth: Int) throws(SyntaxError) -> ValueSyntax {
        let start = advance().span
        var values: [ValueSyntax] = []
        if !at("]") {
            repeat {
                values.append(try value(isAggregateField: true, depth: depth + 1))
            } while take(",")
        }
        let end = try expect("]", "after the list").span
        return ValueSyntax(content: .list(values), span: start.through(end))
    }

    private mutating func aggregate(depth: Int) throws(SyntaxError) -> ValueSyntax {
        let open = advance()
        let close = open.text == "<" ? ">" : "}"
        var fields: [AggregateField] = []
        while !at(close) {
            fields.append(try aggregateField(depth: depth))
            if !take(",") { _ = take(";") }
        }
        return ValueSyntax(content: .aggregate(fields), span: open.span.through(advance().span))
    }

    private mutating func aggregateField(depth: Int) throws(SyntaxError) -> AggregateField {
        var key = AggregateField.Key.field
        var name: Name
        if take("[") {
            key = .extension
            name = try dottedName("an extension's name", leadingDot: false)
            if take("/") {
                key = .anyURL
                let type = try dottedName("a message's full name", leadingDot: false)
                name = Name(text: name.text + "/" + type.text, span: name.span.through(type.span))
            }
            try expect("]", "after the name")
        } else {
            name = try word("a field's name")
        }
        // Before a message the colon may be missing.
        if !take(":"), !at("{"), !at("<"), !(at("[") && (next.text == "{" || next.text == "<")) {
            throw unexpected("\":\" after \"\(name.text)\"")
        }
        return AggregateField(key: key, name: name, value: try value(isAggregateField: true, depth: depth + 1))
    }
}
