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
        if let refusal = head.refusal { return RefusedCall(stream, refusal, budget: limits.metadataBytes) }
        let (route, unroutedPath) = find(head.pathIndex, request.fields)
        if let route, !route.isUnknown, let repeated = request.repeated { repeated.reading = KnownHead(head, route, self) }
        return begin(request, on: stream, route, unroutedPath, head.compression, head.accepted, head.timeout)
    }

    private func begin(
        _ request: HTTPRequest, on stream: HTTPStream, _ route: Route?, _ unroutedPath: String, _ compression: Compression,
        _ accepted: AcceptedCompressions, _ timeout: Swift.Duration?
    ) -> any HTTPStreamReceiver {
        if let error = overload(request.peer, route) { return RefusedCall(stream, error, budget: limits.metadataBytes) }
        let deadline = longestTimeouts.timeout(timeout, of: route).map { stream.loop.now + $0 }
        return ServerStream(
            stream, route: route, unroutedPath: unroutedPath, request, compression: compression, accepted: accepted,
            deadline: deadline, handler: self)
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

/// Answers a request that never becomes a call.
final class RefusedCall: HTTPStreamReceiver {
    private let stream: HTTPStream
    private enum Answer {
        case http(status: Int, text: String)
        case rpc(RPCError)
    }

    private let answer: Answer
    private let budget: Int
    private var hasAnswered = false
    private var hasPeerEnded = false

    init(_ stream: HTTPStream, _ refusal: RequestHead.Refusal, budget: Int) {
        self.stream = stream
        self.budget = budget
        switch refusal {
        case .http(let status, let text): answer = .http(status: status, text: text)
        case .rpc(let code, let message): answer = .rpc(RPCError(code, message))
        }
    }

    init(_ stream: HTTPStream, _ error: RPCError, budget: Int) {
        self.stream = stream
        self.budget = budget
        answer = .rpc(error)
    }

    func received(head: HTTPFields) {}
    func received(body: UnsafeRawBufferPointer) { stream.consume(body.count) }
    func received(trailers: HTTPFields) {}
    func receivedEnd() { hasPeerEnded = true }
    func outputDrained() {}
    func closed(_ end: StreamEnd) {}
    func swept(at now: MonotonicTime) -> Bool { !hasPeerEnded }

    func inputDelivered() {
        guard !hasAnswered else { return }
        // An HTTP client sends its request to the end before it looks at the reply, and an answer before that would hide what else
        // is wrong with it.
        if case .http = answer, !hasPeerEnded { return }
        hasAnswered = true
        switch answer {
        case .http(let status, let text):
            stream.respond(ReplyFields.http(status: status, text: text))
            stream.write(Array(text.utf8))
            stream.finish()
        case .rpc(let error):
            stream.respond(ReplyFields.failureOnly(error, Metadata(), budget: budget), end: true)
        }
    }
}
