internal import HTTP2
internal import Net
internal import Synchronization

/// HTTP requests to calls: refuses what is not gRPC, finds the route, and leaves the rest to a `ServerStream`.
final class RPCHandler: HTTPHandler {
    let routes: RouteTable
    /// For calls that none of them takes.
    private let unknown: Route?
    /// What calls pass that no route was found for.
    let unroutedChain: InterceptorChain
    let limits: Limits
    /// How replies are packed when a handler does not say.
    let compression: Compression
    private let longestTimeouts: LongestTimeouts
    private let unexpectedError: @Sendable (any Error, Call) -> Void
    private let runningCalls = Atomic<Int>(0)

    init(
        routes: RouteTable, unknown: UnknownService?, interceptors: [any ServerInterceptor], limits: Limits,
        longestTimeouts: LongestTimeouts, compression: Compression,
        unexpectedError: @escaping @Sendable (any Error, Call) -> Void
    ) {
        self.routes = routes
        self.unknown = unknown.map { Route(unknown: $0).behind(interceptors) }
        unroutedChain = InterceptorChain(interceptors, for: nil)
        self.limits = limits
        self.longestTimeouts = longestTimeouts
        self.compression = compression
        self.unexpectedError = unexpectedError
    }

    var packs: Bool { compression != .identity }

    /// Handlers that have not returned, those of cancelled calls included.
    var running: Int { runningCalls.load(ordering: .relaxed) }

    func started(_ peer: Peer) {
        runningCalls.add(1, ordering: .relaxed)
        peer.began()
    }

    func returned(_ peer: Peer) {
        runningCalls.subtract(1, ordering: .relaxed)
        peer.returned()
    }

    /// Why one call more would be too many, if it would: a client that resets its calls has few of them open and many running.
    private func overload(_ peer: Peer, _ route: Route?) -> RPCError? {
        if let most = limits.runningCallsPerConnection, peer.running >= most {
            let text = "\(most) calls of this connection are running, those included that the client has cancelled"
            return RPCError(.resourceExhausted, text).tryAgain(after: .seconds(1))
        }
        let reserved = route?.isReserved == true ? 0 : min(limits.reservedCalls, limits.runningCalls / 10)
        guard running >= limits.runningCalls - reserved else { return nil }
        let text = "the server has as many calls to serve as it takes; try again later, or elsewhere"
        return RPCError(.unavailable, text).tryAgain(after: .seconds(1))
    }

    func begin(_ request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver {
        if let known = request.repeated?.reading as? KnownHead, known.handler === self {
            return begin(request, on: stream, known.route, "", known.compression, known.accepted, known.timeout)
        }
        let head = RequestHead(request.fields)
        let (route, unroutedPath) = find(head.pathIndex, request.fields)
        switch head.refusal {
        case .http(let status, let text)?: return RefusedCall(stream, status: status, text: text)
        case .rpc(let code, let message, let kind)?: return refuse(request, on: stream, route, unroutedPath, RPCError(code, message, kind))
        case nil: break
        }
        if let route, !route.isUnknown, let repeated = request.repeated { repeated.reading = KnownHead(head, route, self) }
        return begin(request, on: stream, route, unroutedPath, head.compression, head.accepted, head.timeout)
    }

    private func begin(
        _ request: HTTPRequest, on stream: HTTPStream, _ route: Route?, _ unroutedPath: String, _ compression: Compression,
        _ accepted: AcceptedCompressions, _ timeout: Swift.Duration?
    ) -> any HTTPStreamReceiver {
        if let error = overload(request.peer, route) { return refuse(request, on: stream, route, unroutedPath, error) }
        let deadline = longestTimeouts.timeout(timeout, of: route).map { stream.loop.now + $0 }
        return ServerStream(
            stream, route: route, unroutedPath: unroutedPath, request, compression: compression, accepted: accepted,
            deadline: deadline, handler: self)
    }

    /// No interceptor sees what becomes no call; their funnels word its refusal all the same, under its request id.
    private func refuse(
        _ request: HTTPRequest, on stream: HTTPStream, _ route: Route?, _ unroutedPath: String, _ error: RPCError
    ) -> RefusedCall {
        var refusal = error
        let chain = route?.chain ?? unroutedChain
        if chain.words {
            let call = Call(
                route: route, unroutedPath: unroutedPath, metadata: Metadata(request.fields), peer: request.peer, deadline: nil,
                loop: stream.loop, limits: limits)
            let worded = chain.worded(error, call)
            refusal = worded as? RPCError ?? status(of: worded, call)
        }
        return RefusedCall(stream, refusal, budget: limits.metadataBytes)
    }

    private func find(_ pathIndex: Int?, _ fields: HTTPFields) -> (Route?, unroutedPath: String) {
        guard let index = pathIndex else { return (nil, "") }
        return unsafe fields.withField(at: index) { _, value in
            if let route = unsafe routes.route(value) { return (route, "") }
            if let unknown, unsafe value.isMethodPath { return (unknown, unsafe String(decoding: value, as: UTF8.self)) }
            return (nil, unsafe String(decoding: value.prefix(256), as: UTF8.self))
        }
    }

    /// What a peer is told of an error that is no `RPCError`: nothing of what is in it.
    func status(of error: any Error, _ call: Call) -> RPCError {
        if error is CancellationError { return RPCError(.cancelled, "the call was cancelled") }
        unexpectedError(error, call)
        return RPCError(.unknown, "the handler failed; the server's log has the cause under request id \(call.requestID)")
    }
}

/// What a handler has read in a header section that comes again and again.
private final class KnownHead {
    let compression: Compression
    let accepted: AcceptedCompressions
    let timeout: Swift.Duration?
    let route: Route
    let handler: RPCHandler

    init(_ head: RequestHead, _ route: Route, _ handler: RPCHandler) {
        compression = head.compression
        accepted = head.accepted
        timeout = head.timeout
        self.route = route
        self.handler = handler
    }
}
