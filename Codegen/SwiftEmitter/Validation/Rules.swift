import Protobuf

/// The options of protovalidate that an element has.
enum Rules {
    static func of(_ field: FieldDescriptor, in pool: DescriptorPool) -> DynamicMessage? {
        read(field.proto.options, \.unknownFields, "[buf.validate.field]", pool)
    }

    static func of(_ oneof: OneofDescriptorProto, in pool: DescriptorPool) -> DynamicMessage? {
        read(oneof.options, \.unknownFields, "[buf.validate.oneof]", pool)
    }

    static func of(_ message: MessageDescriptor, in pool: DescriptorPool) -> DynamicMessage? {
        read(message.proto.options, \.unknownFields, "[buf.validate.message]", pool)
    }

    private static func read<Options: Message>(
        _ options: Options?, _ unknown: KeyPath<Options, UnknownFields>, _ name: String, _ pool: DescriptorPool
    ) -> DynamicMessage? {
        guard let options, !options[keyPath: unknown].isEmpty else { return nil }
        return (try? DynamicMessage(options, in: pool))?[name]?.messageValue
    }

    /// The full names of all messages of a pool that need checks: those with rules, and those with such a message in them.
    static func messages(in pool: DescriptorPool) -> Set<String> {
        var users: [String: [String]] = [:]
        var pending: [String] = []
        func visit(_ message: MessageDescriptor) {
            var hasRules = of(message, in: pool) != nil
            hasRules = hasRules || message.proto.oneofDecl.contains { of($0, in: pool) != nil }
            for field in message.fields {
                let rules = of(field, in: pool)
                hasRules = hasRules || rules != nil
                if rules?["ignore"]?.enumValue == Ignore.always { continue }
                let value = message.entry(of: field)?.value ?? field
                if value.kind == .message { users[String((value.proto.typeName ?? "").dropFirst()), default: []].append(message.fullName) }
            }
            if hasRules { pending.append(message.fullName) }
            for nested in message.proto.nestedType {
                if let nested = pool.message(named: "\(message.fullName).\(nested.name ?? "")") { visit(nested) }
            }
        }
        for file in pool.files {
            let scope = (file.package ?? "").isEmpty ? "" : "\(file.package ?? "")."
            for proto in file.messageType {
                if let message = pool.message(named: scope + (proto.name ?? "")) { visit(message) }
            }
        }
        var found: Set<String> = []
        while let name = pending.popLast() {
            if found.insert(name).inserted { pending += users[name] ?? [] }
        }
        return found
    }
}

/// `buf.validate.Ignore`
enum Ignore {
    static let ifZeroValue: Int32 = 1
    static let always: Int32 = 3
}
