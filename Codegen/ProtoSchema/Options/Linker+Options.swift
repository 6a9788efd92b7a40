internal import Protobuf

/// Gives every element of the file its options.
extension Linker {
    mutating func interpretOptions(of descriptor: inout FileDescriptorProto, scope: String) {
        let syntax = file.syntax
        // An option of the file stands in its package, which the name of some element there says.
        descriptor.options = options(syntax.options, FileOptions(), of: qualified("file", in: scope)) ?? descriptor.options
        for (index, message) in syntax.messages.enumerated() {
            interpretOptions(of: &descriptor.messageType[index], message, in: scope)
        }
        for (index, enumeration) in syntax.enums.enumerated() {
            interpretOptions(of: &descriptor.enumType[index], enumeration, in: scope)
        }
        for (index, field) in syntax.extensions.enumerated() {
            interpretOptions(of: &descriptor.extension[index], field, in: scope)
        }
        for (index, service) in syntax.services.enumerated() {
            let name = qualified(service.name.text, in: scope)
            descriptor.service[index].options = options(service.options, ServiceOptions(), of: name)
            for (position, method) in service.methods.enumerated() {
                descriptor.service[index].method[position].options =
                    options(method.options, MethodOptions(), of: qualified(method.name.text, in: name))
                    // protoc writes empty options for a method with an empty block, and nothing else does.
                    ?? (method.hasBlock ? MethodOptions() : nil)
            }
        }
    }

    private mutating func interpretOptions(of descriptor: inout DescriptorProto, _ syntax: MessageSyntax, in scope: String) {
        let name = qualified(syntax.name.text, in: scope)
        for option in syntax.options where option.plainName == "map_entry" {
            log.error("map_entry is for the compiler; write map<K, V>", at: option.span)
        }
        descriptor.options = options(syntax.options, MessageOptions(), of: name) ?? descriptor.options
        for (index, field) in syntax.fields.enumerated() {
            interpretOptions(of: &descriptor.field[index], field, in: name)
        }
        for (index, oneof) in syntax.oneofs.enumerated() {
            descriptor.oneofDecl[index].options = options(oneof.options, OneofOptions(), of: qualified(oneof.name.text, in: name))
        }
        for (index, nested) in syntax.messages.enumerated() {
            interpretOptions(of: &descriptor.nestedType[index], nested, in: name)
        }
        for (index, nested) in syntax.enums.enumerated() {
            interpretOptions(of: &descriptor.enumType[index], nested, in: name)
        }
        for (index, field) in syntax.extensions.enumerated() {
            interpretOptions(of: &descriptor.extension[index], field, in: name)
        }
        for (index, range) in syntax.extensionRanges.enumerated() {
            descriptor.extensionRange[index].options = options(range.options, ExtensionRangeOptions(), of: name)
        }
    }

    private mutating func interpretOptions(of descriptor: inout FieldDescriptorProto, _ syntax: FieldSyntax, in scope: String) {
        // These two look like options and are parts of the field itself.
        let own = syntax.options.filter { $0.plainName != "json_name" && $0.plainName != "default" }
        descriptor.options = options(own, FieldOptions(), of: qualified(syntax.name.text, in: scope))
    }

    private mutating func interpretOptions(of descriptor: inout EnumDescriptorProto, _ syntax: EnumSyntax, in scope: String) {
        descriptor.options = options(syntax.options, EnumOptions(), of: qualified(syntax.name.text, in: scope))
        for (index, value) in syntax.values.enumerated() {
            let name = qualified(value.name.text, in: scope)
            descriptor.value[index].options = options(value.options, EnumValueOptions(), of: name)
        }
    }

    /// The options decoded from their own encoding: known ones get into properties, custom ones stay as extension bytes.
    private mutating func options<Options: Message>(_ syntax: [OptionSyntax], _ empty: Options, of element: String) -> Options? {
        guard !syntax.isEmpty else { return nil }
        var interpreter = OptionInterpreter(table: table, source: file.source, resolver: resolver)
        let (bytes, errors) = interpreter.encode(syntax, as: Options.fullName, of: element)
        resolver = interpreter.resolver
        for error in errors { log.error(error.message, at: error.span) }
        do throws(DecodeError) {
            return try Options(decoding: bytes)
        } catch {
            log.error("these options cannot be encoded: \(error)", at: syntax[0].span)
            return empty
        }
    }
}
