public import Protobuf

/// Which side sends one message, and which a stream of them.
public enum MethodKind: Sendable, Hashable {
    case unary
    case serverStreaming
    case clientStreaming
    case bidirectional

    /// A client sends exactly one message.
    public var hasOneRequest: Bool { self == .unary || self == .serverStreaming }
    /// A server sends exactly one message.
    public var hasOneReply: Bool { self == .unary || self == .clientStreaming }
}

/// A method's name and shape, without its types.
public struct MethodInfo: Sendable, Hashable {
    /// `switchboard.lead.v1.LeadService`.
    public let service: String
    /// `CreateLead`.
    public let name: String
    public let kind: MethodKind
    /// `/switchboard.lead.v1.LeadService/CreateLead`.
    public let path: String
    /// What its .proto declares about it; nil where that declares nothing.
    public let policy: MethodPolicy?

    public init(service: String, name: String, kind: MethodKind, policy: MethodPolicy? = nil) {
        self.service = service
        self.name = name
        self.kind = kind
        self.policy = policy
        path = "/\(service)/\(name)"
    }

    /// The same method under another policy.
    public func governed(by policy: MethodPolicy) -> MethodInfo {
        MethodInfo(service: service, name: name, kind: kind, policy: policy)
    }

    /// `switchboard.lead.v1.LeadService/CreateLead`.
    public var fullName: String { "\(service)/\(name)" }
}

/// A method with the types of its messages: what generated code declares once for client and server.
public struct Method<Request: Message, Reply: Message>: Sendable {
    public let info: MethodInfo

    public init(service: String, name: String, kind: MethodKind, policy: MethodPolicy? = nil) {
        info = MethodInfo(service: service, name: name, kind: kind, policy: policy)
    }
}
