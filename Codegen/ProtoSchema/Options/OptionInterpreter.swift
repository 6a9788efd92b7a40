internal import Protobuf

/// Encodes the options of one element as the options message they belong to; custom options become its extension fields.
struct OptionInterpreter {
    let table: SymbolTable
    let source: SourceText
    var resolver: NameResolver

    /// - Parameter message: the full name of the options message, such as `google.protobuf.FieldOptions`.
    /// - Parameter element: the full name of the element the options are about.
    /// - Returns: the options in the order of their statements, and what was wrong with the others.
    mutating func encode(_ options: [OptionSyntax], as message: String, of element: String) -> (bytes: [UInt8], errors: [ValueError]) {
        var bytes: [UInt8] = []
        var errors: [ValueError] = []
        // What earlier statements have set, by the number of the outermost field.
        var settings: [Int32: [UInt8]] = [:]
        for option in options {
            do throws(ValueError) {
                bytes += try encode(option, as: message, of: element, &settings)
            } catch {
                errors.append(error)
            }
        }
        return (bytes, errors)
    }

    private mutating func encode(
        _ option: OptionSyntax, as message: String, of element: String, _ settings: inout [Int32: [UInt8]]
    ) throws(ValueError) -> [UInt8] {
        let fields = try path(of: option, in: message, element)
        guard let last = fields.last, let first = fields.first?.number else { return [] }
        if last.label != .repeated, WireFields(settings[first] ?? []).contains(path: fields.map { $0.number ?? 0 }[...]) {
            throw ValueError(message: "the option \"\(option.displayName)\" is set already", span: option.span)
        }
        var content = try field(last, option)
        for outer in fields.dropLast().reversed() {
            var writer = WireWriter()
            writer.tag(outer.number ?? 0, .lengthDelimited)
            writer.lengthDelimited(content)
            content = writer.bytes
        }
        settings[first, default: []] += content
        return content
    }

    /// The fields that the parts of an option's name stand for, outermost first.
    private mutating func path(
        of option: OptionSyntax, in message: String, _ element: String
    ) throws(ValueError) -> [FieldDescriptorProto] {
        var fields: [FieldDescriptorProto] = []
        var current = message
        for (index, part) in option.path.enumerated() {
            let field = try self.field(part, in: current, element)
            fields.append(field)
            guard index + 1 < option.path.count else { break }
            guard field.type == .message, let type = field.typeName else {
                throw ValueError(message: "\"\(part.name.text)\" is not a message and has no fields to set", span: part.name.span)
            }
            guard field.label != .repeated else {
                throw ValueError(
                    message: "\"\(part.name.text)\" is repeated; add a whole element with braces: (\(part.name.text)) = { … }",
                    span: part.name.span)
            }
            current = String(type.dropFirst())
        }
        return fields
    }

    private mutating func field(
        _ part: OptionSyntax.Part, in message: String, _ element: String
    ) throws(ValueError) -> FieldDescriptorProto {
        if part.isExtension { return try resolver.extensionField(part.name, of: message, from: element) }
        let fields = table.messages[message]?.descriptor.field ?? []
        if let field = fields.first(where: { $0.name == part.name.text && $0.name != "uninterpreted_option" }) { return field }
        let hint = Spelling.hint(for: part.name.text, among: fields.compactMap(\.name))
        let custom = hint.isEmpty ? "; the name of a custom option stands in parentheses" : hint
        throw ValueError(message: "\"\(message)\" has no option called \"\(part.name.text)\"\(custom)", span: part.name.span)
    }

    private mutating func field(_ field: FieldDescriptorProto, _ option: OptionSyntax) throws(ValueError) -> [UInt8] {
        let kind = field.type ?? .message
        let values = ValueEncoder(table: table, source: source)
        let payload: [UInt8]
        if kind == .message {
            guard case .aggregate = option.value.content else {
                throw ValueError(
                    message:
                        "\"\(option.displayName)\" is a message: set it whole with = { … }, "
                        + "or one field with \(option.displayName).field = …",
                    span: option.value.span)
            }
            var aggregate = AggregateEncoder(values: values, resolver: resolver)
            defer { resolver = aggregate.resolver }
            payload = try aggregate.payload(of: option.value, field)
        } else {
            payload = try values.scalar(option.value, kind: kind, typeName: field.typeName, isAggregateField: false)
        }
        var writer = WireWriter()
        writer.tag(field.number ?? 0, ValueEncoder.wireType(kind))
        writer.raw(payload)
        return writer.bytes
    }
}
