internal import Protobuf

/// descriptor.proto, which need not lie anywhere: the compiler has it in itself. Options are encoded by it, whether a file imports it or not.
struct BuiltInFile: Sendable {
    static let name = "google/protobuf/descriptor.proto"
    static let shared = (try? FileDescriptorProto(decoding: EmbeddedFile.descriptor.bytes)).map(BuiltInFile.init)

    let descriptor: FileDescriptorProto
    private(set) var names: [(fullName: String, kind: SymbolTable.Kind)] = []
    private(set) var messages: [String: SymbolTable.MessageSchema] = [:]
    private(set) var enums: [String: EnumDescriptorProto] = [:]

    private init(_ descriptor: FileDescriptorProto) {
        self.descriptor = descriptor
        for message in descriptor.messageType { add(message, in: descriptor.package ?? "") }
        for enumeration in descriptor.enumType { add(enumeration, in: descriptor.package ?? "") }
    }

    private mutating func add(_ message: DescriptorProto, in scope: String) {
        let name = qualified(message.name ?? "", in: scope)
        names.append((name, .message))
        messages[name] = SymbolTable.MessageSchema(descriptor: message, isProto3: false)
        for field in message.field { names.append((qualified(field.name ?? "", in: name), .field)) }
        for oneof in message.oneofDecl { names.append((qualified(oneof.name ?? "", in: name), .oneof)) }
        for nested in message.nestedType { add(nested, in: name) }
        for nested in message.enumType { add(nested, in: name) }
    }

    private mutating func add(_ enumeration: EnumDescriptorProto, in scope: String) {
        let name = qualified(enumeration.name ?? "", in: scope)
        names.append((name, .enum))
        enums[name] = enumeration
        for value in enumeration.value { names.append((qualified(value.name ?? "", in: scope), .enumValue)) }
    }
}
