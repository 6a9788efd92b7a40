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

/// A method's name and shape, without its types. To copy one is to count one reference: each call hands it to all that it passes.
public struct MethodInfo: Sendable {
    private final class Declaration: Sendable {
        let service: String
        let name: String
        let kind: MethodKind
        let path: String
        let fullName: String
        let policy: MethodPolicy?

        init(service: String, name: String, kind: MethodKind, policy: MethodPolicy?) {
            self.service = service
            self.name = name
            self.kind = kind
            self.policy = policy
            fullName = "\(service)/\(name)"
            path = "/\(fullName)"
        }
    }

    private let declaration: Declaration

    public init(service: String, name: String, kind: MethodKind, policy: MethodPolicy? = nil) {
        declaration = Declaration(service: service, name: name, kind: kind, policy: policy)
    }

    /// `switchboard.lead.v1.LeadService`.
    public var service: String { declaration.service }
    /// `CreateLead`.
    public var name: String { declaration.name }
    public var kind: MethodKind { declaration.kind }
    /// `/switchboard.lead.v1.LeadService/CreateLead`.
    public var path: String { declaration.path }
    /// `switchboard.lead.v1.LeadService/CreateLead`.
    public var fullName: String { declaration.fullName }
    /// What its .proto declares about it; nil where that declares nothing.
    public var policy: MethodPolicy? { declaration.policy }

    /// The same method under another policy.
    public func governed(by policy: MethodPolicy) -> MethodInfo {
        MethodInfo(service: service, name: name, kind: kind, policy: policy)
    }
}

extension MethodInfo: Hashable {
    public static func == (left: MethodInfo, right: MethodInfo) -> Bool {
        left.declaration === right.declaration || (left.path, left.kind, left.policy) == (right.path, right.kind, right.policy)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

/// A method with the types of its messages: what generated code declares once for client and server.
public struct Method<Request: Message, Reply: Message>: Sendable {
    public let info: MethodInfo

    public init(service: String, name: String, kind: MethodKind, policy: MethodPolicy? = nil) {
        info = MethodInfo(service: service, name: name, kind: kind, policy: policy)
    }
}
