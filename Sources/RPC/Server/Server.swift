public import HTTP2
public import Net
public import TLS
internal import Protobuf

/// Serves services over HTTP/2 on the loops it is given.
///
///     try await Server(services: [Hello()]).run(on: "127.0.0.1:50051")
public final class Server: Sendable {
    public struct Configuration: Sendable {
        /// Nil for cleartext HTTP/2 by prior knowledge.
        public var tls: TLSContext?
        public var limits = Limits.standard
        public var connectionLimits = HTTP2.Limits.standard
        /// How replies are packed for clients that take it: those of 1 KiB and more. Identity packs none, but where a handler asks for it.
        public var compression = Compression.identity
        /// Methods whose handlers compute for long, or block: `package.Service/Method`, or `package.Service` for all of one. They run on
        /// `heavyExecutor`, so that no loop stands still for them, and so do those whose
        /// policy has `executor: EXECUTOR_THREADS`. What names nothing that is served makes `Server.init` throw.
        public var heavyMethods: Set<String> = []
        /// Where these run; by default on as many threads as there are processors, all servers' together.
        public var heavyExecutor: any TaskExecutor = WorkerPool.shared
        /// Serves calls of methods that no service has, with messages as bytes: a proxy, for example. Without it they are UNIMPLEMENTED.
        public var unknownService: UnknownService?
        /// Told that a drain begins, before any client is, and each time `drain` is called: here `HealthService.shutDown` belongs, so that
        /// whoever watches sends its next calls elsewhere.
        public var draining: @Sendable () -> Void = {}
        /// Told of errors that are no `RPCError`, which a peer sees as UNKNOWN without their text.
        public var unexpectedError: @Sendable (any Error, Call) -> Void = { _, _ in }

        /// Told, on a loop, of a peer that was cut off or had a stream ended, and for what.
        public var violated: @Sendable (Violation, Peer) -> Void = { _, _ in }
        /// Told, on a loop, of a client whose TLS handshake failed: its text is a line for a log.
        public var handshakeFailed: @Sendable (HandshakeFailure) -> Void = { _ in }
        /// Proxies in front: their connections must begin with a header of the PROXY protocol, version 2, and what it says is the address of the
        /// client, for limits and logs, too. From other addresses such a header is what it is to TLS: no handshake.
        public var proxies: [AddressRange] = []
        /// How long calls may last at most, where it is less than `limits.longestTimeout`: by `package.Service/Method`, or by `package.Service`
        /// for all its methods. Who asks for more, or names no deadline, gets this one.
        public var longestTimeouts: [String: Duration] = [:]
        /// Whether `Server.init` throws when a method has no policy. Interceptors that go by policies want it so: what nobody has declared would
        /// be open, or dead. A service whose .proto is somebody else's gets one by ``Service/governed(by:)``.
        public var requiresPolicies = false

        public init(tls: TLSContext? = nil) {
            self.tls = tls
        }
    }

    private let handler: RPCHandler
    package let http: HTTPServer
    private let draining: @Sendable () -> Void

    /// `interceptors` are entered in their order; without `loops` it serves on those that all of the process share. Throws when two
    /// services have one name, when `heavyMethods` names none, when a method has no policy that has to have one, and when the process is out of threads.
    public init(
        services: [any Service], interceptors: [any ServerInterceptor] = [], configuration: Configuration = Configuration(),
        loops: EventLoopGroup? = nil
    ) throws(RPCError) {
        var limits = configuration.limits
        limits.runningCallsPerConnection = limits.runningCallsPerConnection ?? 2 * Int(configuration.connectionLimits.concurrentStreams)
        let heavy = HeavyMethods(names: configuration.heavyMethods, executor: configuration.heavyExecutor)
        let routes = try RouteTable(services, behind: interceptors, heavy: heavy)
        if configuration.requiresPolicies { try routes.demandPolicies() }
        handler = RPCHandler(
            routes: routes, unknown: configuration.unknownService, interceptors: interceptors, limits: limits,
            longestTimeouts: try LongestTimeouts(most: limits.longestTimeout, named: configuration.longestTimeouts, routes),
            compression: configuration.compression,
            unexpectedError: configuration.unexpectedError)
        var connectionLimits = configuration.connectionLimits
        connectionLimits.fieldBytes = configuration.limits.metadataBytes
        draining = configuration.draining
        http = HTTPServer(
            handler: handler, tls: configuration.tls, loops: try .given(loops), limits: connectionLimits, proxies: configuration.proxies,
            violated: configuration.violated, handshakeFailed: configuration.handshakeFailed)
    }

    /// Binds, and serves from now on. Returns the address, with the port that was taken if `address` had port 0.
    @discardableResult
    public func start(on address: SocketAddress) async throws -> SocketAddress {
        try await http.start(on: address)
    }

    /// Has new connections use `tls`, and ends those whose client it would not let in; no other call is disturbed. Returns how many it ended.
    @discardableResult
    public func reload(_ tls: TLSContext) async -> Int {
        await http.reload(tls)
    }

    /// Names of the services, sorted.
    public var services: [String] { handler.routes.services }

    /// Connections of each loop, in the order of the loops.
    public var connectionCounts: [Int] { http.connectionCounts }

    /// Those behind `place`, loop by loop and the oldest first, at most `limit`.
    public func connections(after place: ConnectionSummary.Place? = nil, limit: Int) async -> [ConnectionSummary] {
        await http.connections(after: place, limit: limit)
    }

    /// How late each loop is with its work, in the order of the loops: one that somebody has blocked says so, while it lasts and afterwards.
    public var loopLags: [LoopLag] { http.loopLags }

    /// How many peers were cut off, or had a stream ended, for each reason.
    public var violations: [Violation: Int] { http.violations }

    /// How TLS handshakes ended, by the names of gRFC A118 (`grpc.server.tls.handshakes`).
    public var handshakes: [TLSHandshakeResult: Int] { http.handshakes }

    /// Bytes of requests that came and that no handler has taken yet, beside those that came in one frame each.
    public var heldBodyBytes: Int { http.heldBodyBytes }

    /// Handlers that have not returned yet, those of cancelled calls included.
    public var runningCalls: Int { handler.running }

    /// Stops accepting, tells every client to open no more calls (GOAWAY), lets open calls end for up to `grace`, and then
    /// resets the rest. Returns when every connection is closed.
    public func drain(grace: Duration) async {
        draining()
        await http.drain(grace: grace)
    }
}
