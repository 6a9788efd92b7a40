public import Net
public import TLS

/// A client's connection: opens streams, and says when it cannot any more. Confined to its loop.
public final class HTTPClientConnection {
    /// What its user is told, on the loop.
    public struct Events {
        /// The transport stands and the server's SETTINGS are here: streams may be opened.
        public var ready: () -> Void
        /// Room for a further stream, perhaps.
        public var roomChanged: () -> Void
        /// No further stream may be opened; those up to the last id that the server named go on.
        public var goingAway: (HTTP2Error) -> Void
        /// Gone, and why. Told once, after every stream was told.
        public var closed: (HTTP2Error) -> Void

        public init(
            ready: @escaping () -> Void, roomChanged: @escaping () -> Void, goingAway: @escaping (HTTP2Error) -> Void,
            closed: @escaping (HTTP2Error) -> Void
        ) {
            self.ready = ready
            self.roomChanged = roomChanged
            self.goingAway = goingAway
            self.closed = closed
        }
    }

    public let address: SocketAddress
    private let loop: EventLoop
    private let limits: Limits
    private let keepalive: Keepalive.Policy
    private let events: Events
    private var connection: Connection?
    private var connecting: Watch?
    private var timer: Timer?
    private var isGoingAway = false
    public var openStreams: Int { streams }
    /// (Of a public property each reading is checked for exclusivity, when it can change.)
    private var streams = 0

    /// Begins to connect at once. `serverName` is what the server's certificate must say when there is `tls`. A server that has not sent
    /// its SETTINGS after `connectTimeout` is given up.
    /// Loop only. Throws when no socket can be made; everything later comes as an event.
    public init(
        to address: SocketAddress, tls: TLSContext?, serverName: String, loop: EventLoop, limits: Limits = .standard,
        connectTimeout: Duration? = nil, keepalive: Keepalive.Policy = .off, events: Events
    ) throws(HTTP2Error) {
        self.address = address
        self.loop = loop
        self.keepalive = keepalive
        self.events = events
        var limits = limits
        if let connectTimeout { limits.handshakeTimeout = connectTimeout }
        self.limits = limits
        do {
            let engine = try tls.map { context throws(TLSError) in try TLSEngine(client: context, serverName: serverName) }
            let pending = PendingSocket(try Socket.connecting(to: address, on: loop))
            connecting = try loop.watch(pending.socket.descriptor, for: .write) { _ in self.connected(pending, engine) }
        } catch let error as TLSError {
            throw .tls(error)
        } catch let error as NetError {
            throw .net(error)
        } catch {
            throw .session("\(error)")
        }
        timer = loop.schedule(after: limits.handshakeTimeout) { self.tookTooLong() }
    }

    private func tookTooLong() {
        if let connection { return connection.close(.handshakeTimeout) }
        stopConnecting()
        events.closed(.handshakeTimeout)
    }

    private func stopConnecting() {
        timer?.cancel()
        connecting?.cancel()
        connecting = nil
    }

    private func connected(_ pending: PendingSocket, _ engine: TLSEngine?) {
        guard connecting != nil else { return }
        connecting?.cancel()
        connecting = nil
        if let error = pending.socket.connectError(to: address) {
            timer?.cancel()
            return events.closed(.net(error))
        }
        // A18: what is on its way is given up as early as a PING would be.
        if keepalive.time != nil { pending.socket.giveUpUnacknowledged(after: keepalive.timeout) }
        let connection = Connection(
            Socket(adopting: pending.release()), address: address, tls: engine, role: .client, loop: loop, limits: limits)
        do {
            try connection.start()
        } catch {
            timer?.cancel()
            return events.closed(.net(error))
        }
        connection.owner = self
        self.connection = connection
    }

    /// Whether `request` would find a connection that takes streams.
    public var canOpenStreams: Bool {
        connection != nil && !isGoingAway
    }

    /// Streams that the server lets us have open at once.
    public var concurrentStreams: Int {
        Int(clamping: connection?.session.peerConcurrentStreams ?? 0)
    }

    /// Whether one more stream may be opened now. nghttp2 would queue what exceeds the server's limit out of sight.
    public var hasRoom: Bool { canOpenStreams && openStreams < concurrentStreams }

    /// A stream has ended well: the server does what it is there for.
    public var hasServed: Bool { connection?.session.hasCompletedStream ?? false }

    /// Opens a stream with `fields` (pseudo-header fields first); `receiver` gets the reply.
    public func request(_ fields: HTTPFields, receiver: any HTTPStreamReceiver) throws(HTTP2Error) -> HTTPStream {
        guard let connection, canOpenStreams else { throw .shutDown }
        connection.keepalive?.streamOpens()
        let stream = try connection.session.submitRequest(fields, receiver: receiver, withBody: true)
        streams += 1
        if stream.id >= HTTPClientConnection.lastStreamID { goAway(.shutDown) }
        return stream
    }

    /// Stream ids end at 2³¹ − 1: long before, the connection makes way for a new one.
    private static let lastStreamID: Int32 = 0x6000_0001

    /// What the peer proved, once it is ready.
    public var peer: Peer? { connection?.peer }

    /// Ends the connection once its streams have ended.
    public func drain() {
        isGoingAway = true
        guard let connection else { return close() }
        if openStreams == 0 { close() } else { connection.drain() }
    }

    /// Ends the connection and all its streams now.
    public func close() {
        isGoingAway = true
        if let connection {
            connection.close(.shutDown)
        } else if connecting != nil {
            stopConnecting()
            events.closed(.shutDown)
        }
    }

    private func goAway(_ reason: HTTP2Error) {
        guard !isGoingAway else { return }
        isGoingAway = true
        events.goingAway(reason)
    }
}

extension HTTPClientConnection: ConnectionOwner {
    func connectionBecameReady(_ connection: Connection) {
        timer?.cancel()
        connection.keepalive = KeepaliveTimer(
            keepalive, loop: loop, openStreams: { self.openStreams }, ping: { connection.session.submitKeepalivePing() },
            giveUp: { connection.close(.keepaliveTimeout) })
        events.ready()
    }

    func connectionSettingsChanged(_ connection: Connection) { events.roomChanged() }

    func connection(_ connection: Connection, received request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver {
        RefusedStream(stream)
    }

    func connection(_ connection: Connection, receivedGoAway code: ErrorCode, lastStream: Int32, debug: String) {
        goAway(.goAway(code: code, debug: debug))
    }

    func connectionClosedStream(_ connection: Connection) {
        streams -= 1
        events.roomChanged()
        if isGoingAway, openStreams == 0 { connection.drain() }
    }

    func connection(_ connection: Connection, saw violation: Violation) {}

    func connectionClosed(_ connection: Connection, _ reason: HTTP2Error) {
        timer?.cancel()
        isGoingAway = true
        streams = 0
        events.closed(reason)
    }
}

extension HTTPStream {
    /// Its receiver is told nothing more. With a code the stream is ended, too; without one it is about to end by itself.
    public func abandon(_ code: ErrorCode?) {
        receiver = nil
        if let code { reset(code) }
    }
}

/// A socket that is not connected yet, shared between its watch and its owner.
private final class PendingSocket {
    private(set) var socket: Socket

    init(_ socket: consuming Socket) {
        self.socket = socket
    }

    /// Hands the descriptor on; what stays behind is a socket that owns nothing.
    func release() -> Int32 {
        var socket = Socket(adopting: -1)
        swap(&socket, &self.socket)
        return socket.release()
    }
}
