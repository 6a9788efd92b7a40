/// Links descriptors in two passes: first every name gets its place, then fields and methods are resolved.
struct PoolBuilder {
    enum TypeIndex {
        case message(Int)
        case enumeration(Int)
    }

    struct ServiceNode: Sendable {
        let proto: ServiceDescriptorProto
        let fileName: String
        let methods: [(proto: MethodDescriptorProto, input: Int, output: Int)]
    }

    private(set) var filesByName: [String: Int] = [:]
    private(set) var types: [String: TypeIndex] = [:]
    private(set) var messages: [MessageNode] = []
    private(set) var enums: [EnumDescriptor] = []
    private(set) var services: [String: ServiceNode] = [:]
    /// By what they extend.
    private(set) var extensions: [String: [FieldDescriptor]] = [:]
    private(set) var extensionsByName: [String: FieldDescriptor] = [:]
    private var messageCount = 0

    // MARK: First pass

    mutating func declare(_ file: FileDescriptorProto) throws(DescriptorError) {
        let name = file.name ?? ""
        if filesByName.updateValue(filesByName.count, forKey: name) != nil {
            throw DescriptorError("The file \(name) is there twice.")
        }
        let scope = file.package ?? ""
        try PoolBuilder.check(package: scope)
        try declare(file.messageType, in: scope)
        try declare(file.enumType, in: scope, of: name)
        for message in file.messageType {
            try declareEnums(in: message, scope: try PoolBuilder.join(scope, message.name), fileName: name)
        }
    }

    private mutating func declare(_ protos: [DescriptorProto], in scope: String) throws(DescriptorError) {
        for proto in protos {
            let fullName = try PoolBuilder.join(scope, proto.name)
            try claim(fullName, .message(messageCount))
            messageCount += 1
            try declare(proto.nestedType, in: fullName)
        }
    }

    private mutating func declareEnums(in message: DescriptorProto, scope: String, fileName: String) throws(DescriptorError) {
        try declare(message.enumType, in: scope, of: fileName)
        for nested in message.nestedType {
            try declareEnums(in: nested, scope: try PoolBuilder.join(scope, nested.name), fileName: fileName)
        }
    }

    private mutating func declare(_ protos: [EnumDescriptorProto], in scope: String, of fileName: String) throws(DescriptorError) {
        for proto in protos {
            let fullName = try PoolBuilder.join(scope, proto.name)
            try claim(fullName, .enumeration(enums.count))
            if proto.value.isEmpty {
                throw DescriptorError("The enum \(fullName) has no values.")
            }
            enums.append(EnumDescriptor(proto, fullName: fullName, fileName: fileName))
        }
    }

    private mutating func claim(_ fullName: String, _ index: TypeIndex) throws(DescriptorError) {
        if types.updateValue(index, forKey: fullName) != nil {
            throw DescriptorError("\(fullName) is declared twice.")
        }
    }

    // MARK: Second pass, in the same order

    mutating func link(_ file: FileDescriptorProto) throws(DescriptorError) {
        let scope = file.package ?? ""
        let isProto3 = file.syntax == "proto3"
        try link(file.messageType, in: scope, of: file.name ?? "", isProto3: isProto3)
        try link(extensions: file.extension, in: scope, isProto3: isProto3)
        for service in file.service {
            let fullName = try PoolBuilder.join(scope, service.name)
            var methods: [(MethodDescriptorProto, Int, Int)] = []
            for method in service.method {
                let input = try messageIndex(method.inputType, usedBy: fullName)
                let output = try messageIndex(method.outputType, usedBy: fullName)
                methods.append((method, input, output))
            }
            let node = ServiceNode(proto: service, fileName: file.name ?? "", methods: methods)
            if services.updateValue(node, forKey: fullName) != nil {
                throw DescriptorError("\(fullName) is declared twice.")
            }
        }
    }

    private mutating func link(
        _ protos: [DescriptorProto], in scope: String, of fileName: String, isProto3: Bool
    ) throws(DescriptorError) {
        for proto in protos {
            let fullName = try PoolBuilder.join(scope, proto.name)
            var fields: [FieldDescriptor] = []
            for field in proto.field {
                fields.append(try link(field, in: fullName, isProto3: isProto3))
            }
            try PoolBuilder.check(fields, of: fullName, oneofCount: proto.oneofDecl.count)
            let index = messages.count
            messages.append(try MessageNode(proto, index: index, fullName: fullName, fileName: fileName, fields: fields))
            try link(extensions: proto.extension, in: fullName, isProto3: isProto3)
            try link(proto.nestedType, in: fullName, of: fileName, isProto3: isProto3)
        }
    }

    private mutating func link(
        extensions protos: [FieldDescriptorProto], in scope: String, isProto3: Bool
    ) throws(DescriptorError) {
        for proto in protos {
            let extendee = String((proto.extendee ?? "").drop { $0 == "." })
            let field = try link(proto, in: scope, isProto3: isProto3)
            try PoolBuilder.check(extension: field)
            extensions[extendee, default: []].append(field)
            if extensionsByName.updateValue(field, forKey: field.fullName) != nil {
                throw DescriptorError("\(field.fullName) is declared twice.")
            }
        }
    }

    private func link(_ field: FieldDescriptorProto, in scope: String, isProto3: Bool) throws(DescriptorError) -> FieldDescriptor {
        var index = -1
        if field.type == .message || field.type == .group {
            index = try messageIndex(field.typeName, usedBy: scope)
        } else if field.type == .enum {
            guard let name = field.typeName, case .enumeration(let found)? = types[PoolBuilder.fullName(name)] else {
                throw DescriptorError("\(scope) uses the enum \(field.typeName ?? "without a name"), which is in none of the files.")
            }
            index = found
        }
        return try FieldDescriptor(field, scope: scope, isProto3: isProto3, typeIndex: index)
    }

    private func messageIndex(_ name: String?, usedBy user: String) throws(DescriptorError) -> Int {
        guard let name, case .message(let index)? = types[PoolBuilder.fullName(name)] else {
            throw DescriptorError("\(user) uses the message \(name ?? "without a name"), which is in none of the files.")
        }
        return index
    }

    /// Names of types are full ones, with a leading dot.
    private static func fullName(_ name: String) -> String { name.hasPrefix(".") ? String(name.dropFirst()) : "" }

    // MARK: Last

    /// - Throws: `DescriptorError` if two fields or extensions of a message have one number, or a map is none.
    func layouts() throws(DescriptorError) -> LayoutTable {
        try checkMaps()
        try checkStructs()
        let table = LayoutTable(messages, extensions: extensions)
        for (node, fields) in zip(messages, table.fields) {
            for (field, next) in zip(fields, fields.dropFirst()) where field.number == next.number {
                throw DescriptorError("\(node.fullName) has two fields with the number \(field.number): \(field.name) and \(next.name).")
            }
        }
        return table
    }
}
