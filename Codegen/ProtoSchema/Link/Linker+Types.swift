internal import Protobuf

/// Messages, fields and enums, their options and rules aside.
extension Linker {
    mutating func message(_ syntax: MessageSyntax, in scope: String) -> DescriptorProto {
        let fullName = qualified(syntax.name.text, in: scope)
        var result = DescriptorProto()
        result.name = syntax.name.text
        result.field = syntax.fields.map { field($0, in: fullName) }
        result.oneofDecl = syntax.oneofs.map { oneof in
            var result = OneofDescriptorProto()
            result.name = oneof.name.text
            return result
        }
        result.nestedType = syntax.messages.map { message($0, in: fullName) }
        result.enumType = syntax.enums.map { enumeration($0, in: fullName) }
        result.reservedRange = syntax.reservedRanges.map { range in
            var result = DescriptorProto.ReservedRange()
            (result.start, result.end) = (range.first, range.last &+ 1)
            return result
        }
        result.reservedName = syntax.reservedNames.map(\.text)
        result.extensionRange = syntax.extensionRanges.map { range in
            var result = DescriptorProto.ExtensionRange()
            (result.start, result.end) = (range.first, range.last &+ 1)
            return result
        }
        if syntax.mapField != nil {
            var options = MessageOptions()
            options.mapEntry = true
            result.options = options
        }
        table.add(result, named: fullName, isProto3: isProto3)
        result.extension = syntax.extensions.map { extensionField($0, in: fullName) }
        return result
    }

    mutating func field(_ syntax: FieldSyntax, in scope: String) -> FieldDescriptorProto {
        var result = FieldDescriptorProto()
        result.name = syntax.name.text
        result.number = syntax.number?.value
        result.label = label(of: syntax)
        result.oneofIndex = syntax.oneof.map { Int32(clamping: $0) }
        result.proto3Optional = syntax.isProto3Optional ? true : nil
        (result.type, result.typeName) = type(of: syntax, fullName: qualified(syntax.name.text, in: scope))
        result.jsonName = FieldDescriptor.jsonName(of: syntax.name.text)
        for option in syntax.options {
            switch option.plainName {
            case "json_name": setJSONName(of: &result, syntax, option)
            case "default": setDefault(of: &result, option)
            case "packed":
                // Values of this message may be encoded in options before its own options are.
                guard case .identifier(let word) = option.value.content else { break }
                var options = FieldOptions()
                options.packed = word == "true"
                result.options = options
            default: break
            }
        }
        return result
    }

    private mutating func label(of syntax: FieldSyntax) -> FieldDescriptorProto.Label {
        switch syntax.label {
        case .repeated: return .repeated
        case .required:
            if isProto3 { log.error("proto3 has no required fields; leave the label out", at: syntax.site.span) }
            return .required
        case .optional: return .optional
        case nil:
            if !isProto3, syntax.oneof == nil {
                log.error("in proto2 a field begins with optional, required or repeated", at: syntax.site.span)
            }
            return .optional
        }
    }

    private mutating func type(of syntax: FieldSyntax, fullName: String) -> (FieldDescriptorProto.Kind?, String?) {
        if let scalar = FieldType.scalars[syntax.type.text] { return (scalar, nil) }
        guard let symbol = resolve(syntax.type, from: fullName, accepts: \.isType) else { return (nil, nil) }
        switch symbol.kind {
        case .message:
            let isEntry = mapEntries.contains(symbol.fullName) || table.messages[symbol.fullName]?.descriptor.options?.mapEntry == true
            if isEntry, !syntax.isMap {
                log.error(
                    "\"\(syntax.type.text)\" holds the entries of a map and cannot be used by name; write map<K, V>", at: syntax.type.span)
            }
            return (.message, "." + symbol.fullName)
        case .enum:
            if isProto3, syntax.extendee == nil, table.proto2Enums.contains(symbol.fullName) {
                log.error(
                    "\"\(symbol.fullName)\" is a closed proto2 enum; a proto3 message can only use proto3 enums", at: syntax.type.span)
            }
            return (.enum, "." + symbol.fullName)
        default:
            log.error(
                "\"\(syntax.type.text)\" is \(symbol.kind.withArticle); a field needs a message, an enum or a scalar", at: syntax.type.span)
            return (nil, nil)
        }
    }

    private mutating func setJSONName(of field: inout FieldDescriptorProto, _ syntax: FieldSyntax, _ option: OptionSyntax) {
        guard case .string(let bytes) = option.value.content, let name = String(validating: bytes, as: UTF8.self) else {
            log.error("json_name is a string", at: option.value.span)
            return
        }
        if syntax.extendee != nil { log.error("an extension cannot have a json_name", at: option.span) }
        if name.contains("\0") { log.error("json_name cannot hold a null character", at: option.value.span) }
        if name.hasPrefix("["), name.hasSuffix("]") { log.error("names in brackets are kept for extensions", at: option.value.span) }
        field.jsonName = name
    }

    mutating func extensionField(_ syntax: FieldSyntax, in scope: String) -> FieldDescriptorProto {
        let fullName = qualified(syntax.name.text, in: scope)
        var result = field(syntax, in: scope)
        // Its own oneof would have to stand in a message.
        if isProto3, syntax.label == .optional { result.proto3Optional = true }
        guard let extendee = syntax.extendee else { return result }
        if syntax.label == .required { log.error("an extension cannot be required", at: syntax.site.span) }
        result.extendee = messageName(extendee, from: fullName)
        if let earlier = table.add(result, extensionNamed: fullName, isProto3: isProto3), earlier != fullName, let number = syntax.number {
            log.error("number \(number.value) of \"\(extendee.text)\" is taken by the extension \"\(earlier)\"", at: number.span)
        }
        return result
    }

    mutating func enumeration(_ syntax: EnumSyntax, in scope: String) -> EnumDescriptorProto {
        var result = EnumDescriptorProto()
        result.name = syntax.name.text
        result.value = syntax.values.map { value in
            var result = EnumValueDescriptorProto()
            result.name = value.name.text
            result.number = value.number?.value
            return result
        }
        result.reservedRange = syntax.reservedRanges.map { range in
            var result = EnumDescriptorProto.EnumReservedRange()
            (result.start, result.end) = (range.first, range.last)
            return result
        }
        result.reservedName = syntax.reservedNames.map(\.text)
        table.add(result, named: qualified(syntax.name.text, in: scope), isProto3: isProto3)
        return result
    }
}
