/// Enums and their values.
extension Parser {
    mutating func enumeration() throws(SyntaxError) -> EnumSyntax {
        let start = advance().span
        let name = try word("the enum's name")
        let comments = try endOfHead("{", "after the enum's name")
        var result = EnumSyntax(site: Site(span: start, comments: comments), name: name)
        block { (parser) throws(SyntaxError) in
            if parser.at("option") {
                result.options.append(try parser.optionStatement())
            } else if parser.at("reserved") {
                try parser.reserved(ranges: &result.reservedRanges, names: &result.reservedNames, signed: true)
            } else {
                result.values.append(try parser.enumValue())
            }
        }
        result.site.span.end = previousEnd
        return result
    }

    private mutating func enumValue() throws(SyntaxError) -> EnumValueSyntax {
        let name = try word("the name of an enum value")
        try expect("=", "after the value's name")
        let number = try number("an enum number", signed: true)
        let options = try optionList()
        let end = token.span
        let comments = try endOfHead(";", "after the enum value")
        return EnumValueSyntax(site: Site(span: name.span.through(end), comments: comments), name: name, number: number, options: options)
    }
}
