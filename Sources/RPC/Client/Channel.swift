public import HTTP2
public import Net
public import Protobuf
public import TLS

/// A client's way to one server: one connection, made when it is first needed and again after it was lost; ended when the channel is
/// dropped.
public final class Channel: Sendable {
    public struct Configuration: Sendable {
        /// Nil for cleartext HTTP/2 by prior knowledge.
        public var tls: TLSContext?
        /// What the server's certificate must say, and the `:authority`; the target's host when nil.
        public var serverName: String?
        public var limits = Limits.standard
        public var connectionLimits = HTTP2.Limits.standard
        /// Added to every call, made anew for each: a token, for example. What it throws fails the call as UNAUTHENTICATED.
        public var credentials: (@Sendable () async throws -> Metadata)?
        /// Sent as `user-agent` before our own.
        public var userAgent: String?

        public init(tls: TLSContext? = nil, serverName: String? = nil) {
            self.tls = tls
            self.serverName = serverName
        }
    }

    private let configuration: Configuration
    private let target: Target
    private let loop: EventLoop
    private let connector: Confined<Connector>

    /// `target` is `host:port`, `ip:port`, `[ip6]:port` or `unix:path`. No connection is made yet. Without `loop` it has one of those
    /// that all of the process share.
    public init(_ target: String, configuration: Configuration = Configuration(), loop: EventLoop? = nil) throws(RPCError) {
        self.target = try Target(target)
        var configuration = configuration
        configuration.connectionLimits.fieldBytes = configuration.limits.metadataBytes
        self.configuration = configuration
        let loop = if let loop { loop } else { try EventLoopGroup.given(nil).next }
        self.loop = loop
        connector = Confined(Connector(target: self.target, configuration: configuration, loop: loop), to: loop)
    }

    deinit {
        let connector = connector
        loop.execute { connector.value.close() }
    }

    /// Ends the connection; calls in flight get UNAVAILABLE. A later call connects anew.
    public func close() async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.connector.value.close()
                continuation.resume()
            }
        }
    }

    // MARK: Typed calls

    public func unary<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ request: Request, _ options: CallOptions = CallOptions()
    ) async throws(RPCError) -> Reply {
        try Reply(received: try await unary(path: method.info.path, message: request.encoded(), options))
    }

    /// The replies; the call is given up when they are dropped before their end.
    public func serverStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ request: Request, _ options: CallOptions = CallOptions()
    ) async throws(RPCError) -> Inbound<Reply> {
        let call = try await begin(method.info.path, options)
        let lease = CallLease(call, self)
        try await call.send(request)
        call.finishSending()
        return Inbound(call, lease: lease)
    }

    /// `send` puts the requests; they end when it returns.
    public func clientStreaming<Request: Message, Reply: Message>(
        _ method: Method<Request, Reply>, _ options: CallOptions = CallOptions(),
        _ send: (Outbound<Request>) async throws -> Void
    ) async throws(RPCError) -> Reply {
        let call = try await begin(method.info.path, options)
        do {
            try await send(Outbound(call))
        } catch {
            // A server may end the call before it has read all: then its reply, or its status, is the result.
            guard await call.hasEnded() else {
                call.cancel()
                throw error as? RPCError ?? RPCError(.cancelled, "the call was given up while it sent: \(error)")
            }
        }
        call.finishSending()
        return try Reply(received: try await call.onlyReply())
    }

    /// `body` sends and reads as it likes; the call ends with it.
    public func bidirectional<Request: Message, Reply: Message, Result: Sendable>(
        _ method: Method<Request, Reply>, _ options: CallOptions = CallOptions(),
        _ body: (Outbound<Request>, Inbound<Reply>) async throws -> Result
    ) async throws -> Result {
        let call = try await begin(method.info.path, options)
        defer { call.cancel() }
        return try await body(Outbound(call), Inbound(call))
    }

    // MARK: Bytes

    /// A unary call of any method: for tools that have no types.
    public func unary(path: String, message: [UInt8], _ options: CallOptions = CallOptions()) async throws(RPCError) -> [UInt8] {
        var framed = [UInt8](repeating: 0, count: MessageReader.prefixBytes) + message
        try Exchange.fillPrefix(of: &framed, limit: configuration.limits.sentMessageBytes)
        let call = try await begin(path, options)
        do throws(RPCError) {
            try await call.send(framed)
        } catch {
            guard await call.hasEnded() else {
                call.cancel()
                throw error
            }
        }
        call.finishSending()
        return try await call.onlyReply()
    }

    private func begin(_ path: String, _ options: CallOptions) async throws(RPCError) -> ClientCall {
        var metadata = options.metadata
        if let credentials = configuration.credentials {
            guard configuration.tls != nil || target.isLocal else {
                throw RPCError(.unauthenticated, "credentials are not sent over cleartext to \(target.text)")
            }
            do {
                metadata.append(contentsOf: try await credentials())
            } catch {
                throw RPCError(.unauthenticated, "no credentials for the call: \(error)")
            }
        }
        try metadata.demand(within: configuration.limits.metadataBytes, "the request's metadata")
        let call = ClientCall(
            path: path, metadata: metadata, options: options, loop: loop, limits: configuration.limits, userAgent: configuration.userAgent)
        try await call.start(on: connector)
        return call
    }
}
