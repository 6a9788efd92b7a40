/// Messages and what stands in them.
extension Parser {
    mutating func message(depth: Int) throws(SyntaxError) -> MessageSyntax {
        let keyword = advance().span
        guard depth < Limits.messageNesting else {
            throw SyntaxError(message: "messages may nest \(Limits.messageNesting) deep", span: keyword)
        }
        let name = try word("the message's name")
        let comments = try endOfHead("{", "after the message's name")
        var message = MessageSyntax(site: Site(span: keyword, comments: comments), name: name)
        block { (parser) throws(SyntaxError) in try parser.member(of: &message, depth: depth) }
        message.site.span.end = previousEnd
        if dialect == .proto3 { message.addSyntheticOneofs() }
        return message
    }

    private mutating func member(of message: inout MessageSyntax, depth: Int) throws(SyntaxError) {
        switch token.kind == .identifier ? token.text : "" {
        case "message": message.messages.append(try self.message(depth: depth + 1))
        case "enum": message.enums.append(try enumeration())
        case "extend": try extend(into: &message.extensions, entries: &message.messages)
        case "extensions": try extensionRanges(of: &message)
        case "reserved": try reserved(ranges: &message.reservedRanges, names: &message.reservedNames, signed: false)
        case "option": message.options.append(try optionStatement())
        case "oneof": try oneof(in: &message)
        default: message.fields.append(try field(in: .message, entries: &message.messages))
        }
    }

    private mutating func oneof(in message: inout MessageSyntax) throws(SyntaxError) {
        let start = advance().span
        let name = try word("the oneof's name")
        let comments = try endOfHead("{", "after the oneof's name")
        let index = message.oneofs.count
        message.oneofs.append(OneofSyntax(site: Site(span: start, comments: comments), name: name))
        block(allowsEmpty: false) { (parser) throws(SyntaxError) in
            if parser.at("option") {
                message.oneofs[index].options.append(try parser.optionStatement())
            } else {
                var field = try parser.field(in: .oneof, entries: &message.messages)
                field.oneof = index
                message.fields.append(field)
            }
        }
        message.oneofs[index].site.span.end = previousEnd
    }

    enum FieldPlace {
        case message
        case oneof
        case extend
    }

    mutating func extend(into fields: inout [FieldSyntax], entries: inout [MessageSyntax]) throws(SyntaxError) {
        advance()
        let extendee = try typeName("the extended message")
        _ = try endOfHead("{", "after the extended message")
        let before = fields.count
        block(allowsEmpty: false) { (parser) throws(SyntaxError) in
            var field = try parser.field(in: .extend, entries: &entries)
            field.extendee = extendee
            fields.append(field)
        }
        if fields.count == before { log.error("this extend block adds no field", at: extendee.span) }
    }

    private mutating func field(in place: FieldPlace, entries: inout [MessageSyntax]) throws(SyntaxError) -> FieldSyntax {
        let start = token.span
        let label = FieldSyntax.Label(rawValue: token.text).flatMap { label in next.kind == .identifier || next.text == "." ? label : nil }
        if label != nil {
            if place == .oneof { log.error("a field of a oneof has no label; it is optional by nature", at: token.span) }
            advance()
        }
        if at("group"), next.kind == .identifier {
            throw SyntaxError(message: "groups are not supported; use a nested message", span: token.span)
        }
        if at("map"), next.text == "<" {
            return try mapField(in: place, label: label, start: start, entries: &entries)
        }
        let type = at("map") ? try word("a field's type") : try typeName("a field's type")
        return try fieldTail(start, label: label, type: type)
    }

    private mutating func fieldTail(_ start: Span, label: FieldSyntax.Label?, type: Name) throws(SyntaxError) -> FieldSyntax {
        guard token.kind == .identifier else {
            if at("=") || at("{") {
                let words = ["message", "enum", "oneof", "option", "reserved", "extend", "extensions"]
                let hint = Spelling.hint(for: type.text, among: words)
                if !hint.isEmpty { throw SyntaxError(message: "no statement begins with \"\(type.text)\"\(hint)", span: type.span) }
            }
            throw unexpected("the field's name")
        }
        let name = try word("the field's name")
        if at("{") {
            let hint = Spelling.hint(for: type.text, among: ["message", "enum", "oneof", "extend"])
            if !hint.isEmpty { throw SyntaxError(message: "no block begins with \"\(type.text)\"\(hint)", span: type.span) }
        }
        guard at("=") else {
            let sample = at(";") ? "; a field needs a number, as in: \(type.text) \(name.text) = 1;" : ""
            let error = unexpected("\"=\" after the field's name")
            throw SyntaxError(message: error.message + sample, span: error.span)
        }
        advance()
        let number = try number("a field number", signed: true)
        let options = try optionList()
        let end = token.span
        let comments = try endOfHead(";", "after the field")
        return FieldSyntax(
            site: Site(span: start.through(end), comments: comments), label: label, type: type, name: name, number: number, options: options
        )
    }

    private mutating func mapField(
        in place: FieldPlace, label: FieldSyntax.Label?, start: Span, entries: inout [MessageSyntax]
    ) throws(SyntaxError) -> FieldSyntax {
        let keyword = advance().span
        try expect("<", "after \"map\"")
        let key = try typeName("the map's key type")
        try expect(",", "between key and value type")
        let value = try typeName("the map's value type")
        if value.text == "map", at("<") {
            throw SyntaxError(message: "a map's values cannot be maps; make them messages that have a map", span: value.span)
        }
        let close = try expect(">", "after the value type")
        switch place {
        case .message where label != nil: log.error("a map has no label", at: start)
        case .message: break
        case .oneof: log.error("a map cannot stand in a oneof", at: keyword)
        case .extend: log.error("a map cannot be an extension", at: keyword)
        }
        let type = Name(text: "", span: keyword.through(close.span))
        var field = try fieldTail(start, label: .repeated, type: type)
        let entry = MessageSyntax.mapEntry(for: field, key: key, value: value)
        field.type.text = entry.name.text
        field.isMap = true
        entries.append(entry)
        return field
    }

    private mutating func extensionRanges(of message: inout MessageSyntax) throws(SyntaxError) {
        advance()
        var ranges: [RangeSyntax] = []
        repeat {
            if let range = try range(signed: false, greatest: Limits.fieldNumber) { ranges.append(range) }
        } while take(",")
        let options = try optionList()
        for index in ranges.indices { ranges[index].options = options }
        message.extensionRanges += ranges
        _ = try endOfHead(";", "after the extension range")
    }

    /// `reserved 2, 9 to 11, 40 to max;` or `reserved "name", "other";`
    mutating func reserved(ranges: inout [RangeSyntax], names: inout [Name], signed: Bool) throws(SyntaxError) {
        advance()
        if token.kind == .identifier {
            throw SyntaxError(message: "a reserved name stands in quotes: \"\(token.text)\"", span: token.span)
        }
        let isNames = token.kind == .string
        repeat {
            if isNames {
                names.append(try utf8String("a reserved name in quotes"))
            } else if let range = try range(signed: signed, greatest: signed ? .max : Limits.fieldNumber) {
                ranges.append(range)
            }
        } while take(",")
        _ = try endOfHead(";", "after the reserved numbers or names")
    }

    private mutating func range(signed: Bool, greatest: Int32) throws(SyntaxError) -> RangeSyntax? {
        let first = try number("a number", signed: signed)
        guard take("to") else { return first.map { RangeSyntax(first: $0.value, last: $0.value, span: $0.span) } }
        let last: Number?
        if at("max") {
            last = Number(value: greatest, span: advance().span)
        } else {
            last = try number("a number or max", signed: signed)
        }
        guard let first, let last else { return nil }
        return RangeSyntax(first: first.value, last: last.value, span: first.span.through(last.span))
    }
}
