import Synchronization

/// Types of a set of .proto files, looked up by their full names, without a leading dot.
public final class DescriptorPool: Sendable {
    /// In the order given.
    public let files: [FileDescriptorProto]
    let messages: [MessageNode]
    let enums: [EnumDescriptor]
    private let filesByName: [String: Int]
    private let types: [String: PoolBuilder.TypeIndex]
    private let services: [String: PoolBuilder.ServiceNode]
    private let extensions: [String: [FieldDescriptor]]
    private let extensionsByName: [String: FieldDescriptor]
    let layouts: LayoutTable
    private let schema = Mutex<JSONSchema?>(nil)

    /// Links files, which may come in any order.
    ///
    /// - Throws: `DescriptorError` if a type is declared twice, or one that is used is declared in no file.
    public init(_ files: [FileDescriptorProto]) throws(DescriptorError) {
        var builder = PoolBuilder()
        for file in files {
            try builder.declare(file)
        }
        for file in files {
            try builder.link(file)
        }
        self.files = files
        messages = builder.messages
        enums = builder.enums
        filesByName = builder.filesByName
        types = builder.types
        services = builder.services
        extensions = builder.extensions
        extensionsByName = builder.extensionsByName
        layouts = try builder.layouts()
    }

    /// Links embedded files and all they import.
    public convenience init(_ files: [EmbeddedFile]) throws(DescriptorError) {
        var seen: Set<String> = []
        var protos: [FileDescriptorProto] = []
        for file in files.flatMap(\.closure) where seen.insert(file.name).inserted {
            do throws(DecodeError) {
                protos.append(try FileDescriptorProto(decoding: file.bytes))
            } catch {
                throw DescriptorError("The embedded descriptor of \(file.name) is damaged. \(error)")
            }
        }
        try self.init(protos)
    }

    public func file(named name: String) -> FileDescriptorProto? { filesByName[name].map { files[$0] } }

    public func message(named name: String) -> MessageDescriptor? {
        guard case .message(let index)? = types[name] else { return nil }
        return MessageDescriptor(pool: self, node: messages[index])
    }

    public func enumeration(named name: String) -> EnumDescriptor? {
        guard case .enumeration(let index)? = types[name] else { return nil }
        return enums[index]
    }

    public func service(named name: String) -> ServiceDescriptor? {
        guard let node = services[name] else { return nil }
        let methods = node.methods.map { method in
            MethodDescriptor(
                name: method.proto.name ?? "", proto: method.proto,
                input: MessageDescriptor(pool: self, node: messages[method.input]),
                output: MessageDescriptor(pool: self, node: messages[method.output]))
        }
        return ServiceDescriptor(pool: self, fullName: name, proto: node.proto, fileName: node.fileName, methods: methods)
    }

    /// Extensions of a message type, for example of `google.protobuf.MethodOptions`, in the order of declaration.
    public func extensions(of message: String) -> [FieldDescriptor] { extensions[message] ?? [] }

    /// The extension with that full name, for example `buf.validate.field`.
    public func `extension`(named name: String) -> FieldDescriptor? { extensionsByName[name] }

    /// Full names of all services, sorted.
    public var serviceNames: [String] { services.keys.sorted() }

    /// The tables of JSON, made at their first use.
    var jsonSchema: JSONSchema {
        schema.withLock { schema in
            let made = schema ?? JSONSchema(messages, enums)
            schema = made
            return made
        }
    }

    func node(named name: String) -> MessageNode? {
        guard case .message(let index)? = types[name] else { return nil }
        return messages[index]
    }
}
