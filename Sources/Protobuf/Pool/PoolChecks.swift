/// What descriptors must hold to, so that everything made of them can rely on it.
extension PoolBuilder {
    /// A scope and a name in it.
    static func join(_ scope: String, _ name: String?) throws(DescriptorError) -> String {
        guard let name, isIdentifier(name) else {
            throw DescriptorError("\(scope.isEmpty ? "A file" : scope) declares \"\(brief(name ?? ""))\", which is not a name.")
        }
        let fullName = scope.isEmpty ? name : "\(scope).\(name)"
        if fullName.utf8.count > PoolLimits.nameBytes {
            throw DescriptorError("The name \(brief(fullName)) is longer than \(PoolLimits.nameBytes) bytes.")
        }
        return fullName
    }

    static func check(package: String) throws(DescriptorError) {
        let parts = package.split(separator: ".", omittingEmptySubsequences: false)
        if !package.isEmpty && (!parts.allSatisfy { isIdentifier($0) } || package.utf8.count > PoolLimits.nameBytes) {
            throw DescriptorError("\"\(brief(package))\" is not the name of a package.")
        }
    }

    /// Letters, digits and underscores, and no digit first.
    private static func isIdentifier(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func brief(_ name: String) -> String { name.count <= 60 ? name : "\(name.prefix(60))…" }

    /// Fields' names and oneofs within their message. Numbers are checked once extensions are known.
    static func check(_ fields: [FieldDescriptor], of fullName: String, oneofCount: Int) throws(DescriptorError) {
        var names: Set<String> = []
        for field in fields {
            if !names.insert(field.name).inserted {
                throw DescriptorError("\(fullName) has two fields with the name \(field.name).")
            }
            if let oneof = field.proto.oneofIndex, oneof < 0 || Int(oneof) >= oneofCount || field.isRepeated {
                throw DescriptorError(
                    field.isRepeated
                        ? "The field \(field.fullName) is repeated, and cannot be in a oneof."
                        : "The field \(field.fullName) is in oneof \(oneof), which \(fullName) does not have.")
            }
        }
    }

    /// Maps, once all messages are known.
    func checkMaps() throws(DescriptorError) {
        for node in messages {
            if node.isMapEntry {
                switch node.sortedFields[0].kind {
                case .double, .float, .bytes, .enum, .message, .group:
                    throw DescriptorError("\(node.fullName) has a key of a type that no map can have.")
                default: break
                }
                // The grammar has no such value; JSON, which leaves groups out, would find no value there.
                if node.sortedFields[1].kind == .group {
                    throw DescriptorError("\(node.fullName) has a group as its value, which no map can have.")
                }
            }
            for field in node.fields where (field.kind == .message || field.kind == .group) && messages[field.typeIndex].isMapEntry {
                if !field.isRepeated || field.kind == .group {
                    throw DescriptorError("The field \(field.fullName) is of a map's entry type, and must be a repeated message.")
                }
            }
        }
    }

    /// struct.proto, once all messages are known: what has its names and numbers must have its types, too, since its JSON is not
    /// guided by descriptors.
    func checkStructs() throws(DescriptorError) {
        for node in messages {
            let isRight: Bool
            switch node.wellKnown {
            case .structure:
                let entry = target(of: node, 1)
                isRight = entry?.isMapEntry == true && entry?.field(number: 1)?.kind == .string && target(of: entry, 2)?.wellKnown == .value
            case .value: isRight = target(of: node, 5)?.wellKnown == .structure && target(of: node, 6)?.wellKnown == .listValue
            case .listValue: isRight = target(of: node, 1)?.wellKnown == .value
            default: isRight = true
            }
            if !isRight {
                throw DescriptorError("\(node.fullName) is not the one of google/protobuf/struct.proto.")
            }
        }
    }

    /// The message type of a field.
    private func target(of node: MessageNode?, _ number: Int32) -> MessageNode? {
        guard let field = node?.field(number: number), field.kind == .message else { return nil }
        return messages[field.typeIndex]
    }

    static func check(extension field: FieldDescriptor) throws(DescriptorError) {
        if field.proto.oneofIndex != nil {
            throw DescriptorError("The extension \(field.fullName) is in a oneof, which no extension can be.")
        }
    }
}
