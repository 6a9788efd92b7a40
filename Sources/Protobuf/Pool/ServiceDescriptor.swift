/// A service in a pool.
public struct ServiceDescriptor: Sendable {
    public let pool: DescriptorPool
    public let fullName: String
    public let proto: ServiceDescriptorProto
    /// The name of the file that declares it.
    public let fileName: String
    public let methods: [MethodDescriptor]

    public func method(named name: String) -> MethodDescriptor? { methods.first { $0.name == name } }
}

/// A method whose request and reply types have been looked up.
public struct MethodDescriptor: Sendable {
    public let name: String
    public let proto: MethodDescriptorProto
    public let input: MessageDescriptor
    public let output: MessageDescriptor

    public var isClientStreaming: Bool { proto.clientStreaming ?? false }
    public var isServerStreaming: Bool { proto.serverStreaming ?? false }
}
