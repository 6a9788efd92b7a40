internal import HTTP2
public import Net
public import Protobuf
internal import Synchronization

/// A client's way to a service: names are resolved, connections made, kept and made again, calls waited with and tried again, as its
/// configuration says. Nothing is connected before the first call, or `connect`. Dropping it ends its connections.
public final class Channel: Sendable {
    private let shared: Shared
    private let loop: EventLoop
    private let transport: Confined<Transport>
    private let feed: ConnectivityFeed

    /// `target` is `host:port`, `dns:///host:port`, `ipv4:a:p,b:p`, `ipv6:[a]:p,[b]:p`, `unix:path`, `unix:///path`, or `static:name`
    /// for one of `configuration.names`. Throws INVALID_ARGUMENT when it is none of these. Without `loop` it has one of those that all of
    /// the process share.
    public init(_ target: String, configuration: Configuration = Configuration(), loop: EventLoop? = nil) throws(RPCError) {
        let target = try Target(target)
        try target.check(configuration.names)
        var configuration = configuration
        configuration.connectionLimits.fieldBytes = configuration.limits.metadataBytes
        shared = Shared(configuration)
        let loop = if let loop { loop } else { try EventLoopGroup.given(nil).next }
        self.loop = loop
        let transport = Transport(target: target, configuration: configuration, loop: loop)
        feed = transport.feed
        self.transport = Confined(transport, to: loop)
    }

    deinit {
        let transport = transport
        loop.execute { transport.value.close() }
    }

    /// Ends the channel and its connections, for good; calls in flight, and later ones, get UNAVAILABLE.
    public func close() async {
        await onLoop { $0.close() }
    }

    // MARK: Typed calls

    public func unary<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ request: Request, _ options: CallOptions = CallOptions()
    ) async throws(RPCError) -> Reply {
        let call = try call(method.info, options)
        return try Reply(received: try await call.unary(call.frame(request)))
    }

    /// The replies; the call is given up when they are dropped before their end.
    public func serverStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ request: Request, _ options: CallOptions = CallOptions()
    ) async throws(RPCError) -> Inbound<Reply> {
        let call = try await begin(method.info, options)
        let lease = CallLease(call, self)
        try await call.send(call.frame(request))
        call.finishSending()
        return Inbound(call, lease: lease)
    }

    /// `send` puts the requests; they end when it returns.
    public func clientStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ options: CallOptions = CallOptions(),
        _ send: (Outbound<Request>) async throws -> Void
    ) async throws(RPCError) -> Reply {
        let call = try await begin(method.info, options)
        do { try await send(Outbound(call)) } catch { try await sendingFailed(call, error) }
        call.finishSending()
        return try Reply(received: try await call.onlyReply())
    }

    /// `body` sends and reads as it likes; the call ends with it.
    public func bidirectional<Request: Message, Reply: Message, Result: Sendable>(
        _ method: Method<Request, Reply>, _ options: CallOptions = CallOptions(),
        _ body: (Outbound<Request>, Inbound<Reply>) async throws -> Result
    ) async throws -> Result {
        let call = try await begin(method.info, options)
        defer { call.cancel() }
        return try await body(Outbound(call), Inbound(call))
    }

    private func begin(_ method: MethodInfo, _ options: CallOptions) async throws(RPCError) -> ClientCall {
        let call = try call(method, options)
        try await call.start()
        return call
    }

    /// As the method's policy says where the options say nothing.
    private func call(_ method: MethodInfo, _ options: CallOptions) throws(RPCError) -> ClientCall {
        try options.metadata.demand(within: shared.configuration.limits.metadataBytes, "the request's metadata")
        let isRepeatable =
            switch method.policy?.idempotency {
            case .readOnly, nil: true
            case .keyed: options.metadata["idempotency-key"] != nil
            case .some(.none): false
            }
        return ClientCall(
            path: method.path, timeout: method.policy?.timeout, isRepeatable: isRepeatable, options: options, shared: shared,
            transport: transport)
    }

    // MARK: Untyped calls

    func begin(_ path: String, _ options: CallOptions) async throws(RPCError) -> ClientCall {
        let call = try call(path, options)
        try await call.start()
        return call
    }

    func call(_ path: String, _ options: CallOptions) throws(RPCError) -> ClientCall {
        try options.metadata.demand(within: shared.configuration.limits.metadataBytes, "the request's metadata")
        return ClientCall(path: path, options: options, shared: shared, transport: transport)
    }

    // MARK: Connectivity

    /// The state now, and how it came to be. From any thread.
    public var connectivity: Connectivity { feed.current }

    /// The state now and every later one, until the channel is closed or dropped.
    public var connectivityChanges: AsyncStream<Connectivity> { feed.changes() }

    /// Connects, unless it is connected, and returns when the channel is READY. Throws UNAVAILABLE, with the cause, when an attempt
    /// fails; the channel goes on trying.
    public func connect() async throws(RPCError) {
        let changes = feed.changes()
        await onLoop { $0.leaveIdle() }
        for await connectivity in changes {
            switch connectivity.state {
            case .ready: return
            case .transientFailure, .shutdown: throw RPCError(.unavailable, connectivity.reason, cause: connectivity.cause)
            case .idle, .connecting: continue
            }
        }
        throw RPCError(.cancelled, "the task that waited for the connection was cancelled", .cancelled)
    }

    /// Closes the connections once their calls have ended, and makes new ones when they are needed.
    public func enterIdle() async {
        await onLoop { $0.enterIdle("the application asked for it") }
    }

    /// Tries again now where a backoff holds it up: for whoever knows that the network is back.
    public func resetConnectBackoff() async {
        await onLoop { $0.resetBackoff() }
    }

    /// Calls that wait for a connection or a stream, now. From any thread.
    public var waitingCalls: Int { feed.waitingCalls.load(ordering: .relaxed) }

    /// The channel at one instant.
    public struct Snapshot: Sendable {
        public let connectivity: Connectivity
        /// All that have not ended, the waiting ones included.
        public let calls: Int
        public let waitingCalls: Int
        public let addresses: [Address]

        public struct Address: Sendable {
            public let address: SocketAddress
            public let state: ConnectivityState
            public let connections: Int
            /// Open on all of them.
            public let streams: Int
        }
    }

    public func snapshot() async -> Snapshot {
        await onLoop { $0.snapshot }
    }

    /// A server may end the call before it has read all: then its reply, or its status, is the result. Otherwise `error` is.
    func sendingFailed(_ call: ClientCall, _ error: any Error) async throws(RPCError) {
        guard await call.hasEnded() else {
            call.cancel()
            throw error as? RPCError ?? RPCError(.cancelled, "the call was given up while it sent: \(error)", .cancelled)
        }
    }

    private func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Transport) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body(self.transport.value)) }
        }
    }
}
