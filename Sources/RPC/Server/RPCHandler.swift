internal import HTTP2
internal import Net
internal import StandardTypes
internal import Synchronization

/// HTTP requests to calls: refuses what is not gRPC, finds the route, and leaves the rest to a `ServerStream`.
final class RPCHandler: HTTPHandler {
    let routes: RouteTable
    /// For calls that none of them takes.
    private let unknown: Route?
    let interceptors: [any ServerInterceptor]
    let limits: Limits
    /// How replies are packed when a handler does not say.
    let compression: Compression
    private let unexpectedError: @Sendable (any Error, Call) -> Void
    private let runningCalls = Atomic<Int>(0)

    init(
        routes: RouteTable, unknown: UnknownService?, interceptors: [any ServerInterceptor], limits: Limits, compression: Compression,
        unexpectedError: @escaping @Sendable (any Error, Call) -> Void
    ) {
        self.routes = routes
        self.unknown = unknown.map { Route(unknown: $0) }
        self.interceptors = interceptors
        self.limits = limits
        self.compression = compression
        self.unexpectedError = unexpectedError
    }

    var packs: Bool { compression != .identity }

    /// Handlers that have not returned, those of cancelled calls included.
    var running: Int { runningCalls.load(ordering: .relaxed) }

    func started(_ peer: Peer) {
        runningCalls.add(1, ordering: .relaxed)
        peer.running.add(1, ordering: .relaxed)
    }

    func returned(_ peer: Peer) {
        runningCalls.subtract(1, ordering: .relaxed)
        peer.running.subtract(1, ordering: .relaxed)
    }

    /// Why one call more would be too many, if it would: a client that resets its calls has few of them open and many running.
    private func overload(_ peer: Peer) -> RPCError? {
        let retry = [ErrorDetail(RPCHandler.retryInfo)]
        if let most = limits.runningCallsPerConnection, peer.running.load(ordering: .relaxed) >= most {
            return RPCError(
                .resourceExhausted,
                "\(most) calls of this connection are running, those included that the client has cancelled",
                details: retry)
        }
        guard running >= limits.runningCalls else { return nil }
        return RPCError(.unavailable, "the server has as many calls to serve as it takes; try again later, or elsewhere", details: retry)
    }

    private static let retryInfo: RetryInfo = {
        var delay = StandardTypes.Duration()
        delay.seconds = 1
        var info = RetryInfo()
        info.retryDelay = delay
        return info
    }()

    func begin(_ request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver {
        let head = RequestHead(request.fields)
        if let refusal = head.refusal { return RefusedCall(stream, refusal, budget: limits.metadataBytes) }
        if let error = overload(request.peer) { return RefusedCall(stream, error, budget: limits.metadataBytes) }
        let deadline = head.timeout.map { stream.loop.now + min($0, limits.longestTimeout) }
        let (route, unroutedPath) = find(head.pathIndex, request.fields)
        return ServerStream(
            stream, route: route, unroutedPath: unroutedPath, request, compression: head.compression, accepted: head.accepted,
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
