internal import Protobuf

/// Descriptors as the text of a .proto file.
enum ProtoText {
    static func service(_ service: ServiceDescriptor, in pool: DescriptorPool) -> String {
        let methods = service.methods.map { statement($0, in: pool, indent: "  ") }
        return (["// \(service.fullName), in \(service.fileName)", "service \(service.proto.name ?? "") {"] + methods + ["}"])
            .joined(separator: "\n")
    }

    static func method(_ method: MethodDescriptor, of service: ServiceDescriptor, in pool: DescriptorPool) -> String {
        "// \(service.fullName)/\(method.name)\n\(statement(method, in: pool, indent: ""))"
    }

    /// A method with its policy.
    private static func statement(_ method: MethodDescriptor, in pool: DescriptorPool, indent: String) -> String {
        let members = PolicyText.members(of: method, in: pool)
        guard !members.isEmpty else { return "\(indent)\(signature(method));" }
        return "\(indent)\(signature(method)) {\n\(PolicyText.statement(members, indent: indent + "  "))\n\(indent)}"
    }

    static func message(_ message: MessageDescriptor) -> String {
        var lines = ["// \(message.fullName), in \(message.fileName)", "message \(message.proto.name ?? "") {"]
        var openOneof: Int?
        for field in message.fields {
            let oneof = field.oneofIndex.flatMap { field.proto.proto3Optional == true ? nil : $0 }
            if oneof != openOneof {
                if openOneof != nil { lines.append("  }") }
                if let oneof, message.proto.oneofDecl.indices.contains(oneof) {
                    lines.append("  oneof \(message.proto.oneofDecl[oneof].name ?? "") {")
                }
                openOneof = oneof
            }
            lines.append("\(oneof == nil ? "  " : "    ")\(type(of: field, in: message)) \(field.name) = \(field.number);")
        }
        if openOneof != nil { lines.append("  }") }
        return (lines + ["}"]).joined(separator: "\n")
    }

    static func enumeration(_ enumeration: EnumDescriptor) -> String {
        let values = enumeration.proto.value.map { "  \($0.name ?? "") = \($0.number ?? 0);" }
        return (["// \(enumeration.fullName), in \(enumeration.fileName)", "enum \(enumeration.proto.name ?? "") {"] + values + ["}"])
            .joined(separator: "\n")
    }

    /// Full names of the messages and enums of a file, nested ones included.
    static func typeNames(in file: FileDescriptorProto) -> [String] {
        func names(_ message: DescriptorProto, _ scope: String) -> [String] {
            guard message.options?.mapEntry != true else { return [] }
            let own = scope + (message.name ?? "")
            return [own] + message.nestedType.flatMap { names($0, own + ".") } + message.enumType.map { "\(own).\($0.name ?? "")" }
        }
        let scope = file.package.map { $0.isEmpty ? "" : $0 + "." } ?? ""
        return file.messageType.flatMap { names($0, scope) } + file.enumType.map { scope + ($0.name ?? "") }
    }

    private static func signature(_ method: MethodDescriptor) -> String {
        let input = (method.isClientStreaming ? "stream " : "") + method.input.fullName
        let output = (method.isServerStreaming ? "stream " : "") + method.output.fullName
        return "rpc \(method.name)(\(input)) returns (\(output))"
    }

    private static func type(of field: FieldDescriptor, in message: MessageDescriptor) -> String {
        if let entry = message.entry(of: field), let inner = message.message(of: field) {
            return "map<\(plainType(of: entry.key, in: inner)), \(plainType(of: entry.value, in: inner))>"
        }
        let label = field.isRepeated ? "repeated " : field.proto.proto3Optional == true ? "optional " : ""
        return label + plainType(of: field, in: message)
    }

    private static func plainType(of field: FieldDescriptor, in message: MessageDescriptor) -> String {
        message.message(of: field)?.fullName ?? message.enumeration(of: field)?.fullName ?? scalars[field.kind] ?? "?"
    }

    private static let scalars: [FieldDescriptorProto.Kind: String] = [
        .double: "double", .float: "float", .int32: "int32", .int64: "int64", .uint32: "uint32", .uint64: "uint64", .sint32: "sint32",
        .sint64: "sint64", .fixed32: "fixed32", .fixed64: "fixed64", .sfixed32: "sfixed32", .sfixed64: "sfixed64", .bool: "bool",
        .string: "string", .bytes: "bytes",
    ]
}
