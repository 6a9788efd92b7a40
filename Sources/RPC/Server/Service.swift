public import Protobuf

/// What a server serves. Generated protocols refine it; a type of yours conforms to one of those.
public protocol Service: Sendable {
    /// `switchboard.lead.v1.LeadService`.
    static var serviceName: String { get }
    /// The .proto file that declares it, for reflection.
    static var file: EmbeddedFile { get }
    /// One for each method.
    var routes: [Route] { get }
}

/// A method and what runs when it is called. Generated code makes these once, when the server starts.
///
/// A class, since each call takes one with it: that is one reference, not a copy of three names and a closure.
public final class Route: Sendable {
    public let method: MethodInfo
    /// It stands for every method that has no route of its own.
    let isUnknown: Bool
    /// The method's path, as it stands in a request.
    let path: [UInt8]
    let price: CallPrice?
    /// It is let in when a server has nearly all the calls that it takes: probes, and what its keepers call.
    let isReserved: Bool
    let limits: RouteLimits
    /// What its calls pass before they get here.
    let chain: InterceptorChain
    let run: @Sendable (Call, Messages) async throws -> Void

    /// `run` takes its requests from the messages, and gives its replies to them. Where the method has one request, that has come when it runs.
    public init<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ run: @escaping @Sendable (Call, Messages) async throws -> Void
    ) {
        self.method = method.info
        isUnknown = false
        path = Array(method.info.path.utf8)
        price = method.info.policy.map { CallPrice($0) }
        isReserved = Route.isReserved(method.info)
        limits = RouteLimits(method.info.policy)
        chain = .empty
        self.run = run
    }

    init(
        _ method: MethodInfo, isUnknown: Bool = false, behind chain: InterceptorChain = .empty,
        _ run: @escaping @Sendable (Call, Messages) async throws -> Void
    ) {
        self.method = method
        self.isUnknown = isUnknown
        path = Array(method.path.utf8)
        price = method.policy.map { CallPrice($0) }
        isReserved = Route.isReserved(method)
        limits = RouteLimits(method.policy)
        self.chain = chain
        self.run = run
    }

    private static func isReserved(_ method: MethodInfo) -> Bool {
        method.policy?.rateClass == .admin || method.service == "grpc.health.v1.Health"
    }

    /// The same, behind those of the interceptors that apply to it.
    func behind(_ interceptors: [any ServerInterceptor]) -> Route {
        Route(method, isUnknown: isUnknown, behind: InterceptorChain(interceptors, for: isUnknown ? nil : method), run)
    }
}

extension Message {
    /// A peer's message; bytes that are none are the peer's fault, and gRPC's libraries call that INTERNAL. A string of a request that is no
    /// UTF-8 is a value that is wrong, in a message that is one.
    init(received bytes: [UInt8], isRequest: @autoclosure () -> Bool = false) throws(RPCError) {
        do throws(DecodeError) {
            try self.init(decoding: bytes)
        } catch {
            let message = "the message is not a valid \(Self.fullName): \(error)"
            guard isRequest() else { throw RPCError(.internal, message) }
            throw error.kind == .invalidUTF8 ? RPCError(.invalidArgument, message) : RPCError(.internal, message, .malformed)
        }
    }
}
