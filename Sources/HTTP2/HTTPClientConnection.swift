public import Net
public import TLS

/// A client's connection: opens streams, and says when it cannot any more. Confined to its loop.
public final class HTTPClientConnection {
    /// What its user is told, on the loop.
    public struct Events {
        /// The transport stands and the server's SETTINGS are here: streams may be opened.
        public var ready: () -> Void
        /// Room for a further stream, perhaps.
        public var streamClosed: () -> Void
        /// No further stream may be opened; those up to the last id that the server named go on.
        public var goingAway: () -> Void
        /// Gone, and why. Told once, after every stream was told.
        public var closed: (HTTP2Error) -> Void

        public init(
            ready: @escaping () -> Void, streamClosed: @escaping () -> Void, goingAway: @escaping () -> Void,
            closed: @escaping (HTTP2Error) -> Void
        ) {
            self.ready = ready
            self.streamClosed = streamClosed
            self.goingAway = goingAway
            self.closed = closed
        }
    }

    public let address: SocketAddress
    private let loop: EventLoop
    private let limits: Limits
    private let events: Events
    private var connection: Connection?
    private var connecting: Watch?
    private var timer: Timer?
    private var isGoingAway = false
    public private(set) var openStreams = 0

    /// Begins to connect at once. `serverName` is what the server's certificate must say when there is `tls`.
    /// Loop only. Throws when no socket can be made; everything later comes as an event.
    public init(
        to address: SocketAddress, tls: TLSContext?, serverName: String, loop: EventLoop, limits: Limits = .standard, events: Events
    ) throws(HTTP2Error) {
        self.address = address
        self.loop = loop
        self.limits = limits
        self.events = events
        do {
            let engine = try tls.map { context throws(TLSError) in try TLSEngine(client: context, serverName: serverName) }
            let pending = PendingSocket(try Socket.connecting(to: address))
            connecting = try loop.watch(pending.socket.descriptor, for: .write) { _ in self.connected(pending, engine) }
        } catch let error as TLSError {
            throw .tls(error)
        } catch let error as NetError {
            throw .net(error)
        } catch {
            throw .session("\(error)")
        }
        timer = loop.schedule(after: limits.handshakeTimeout) { [weak self] in
            guard let self, self.connection == nil else { return }
            self.stopConnecting()
            self.events.closed(.handshakeTimeout)
        }
    }

    private func stopConnecting() {
        timer?.cancel()
        connecting?.cancel()
        connecting = nil
    }

    private func connected(_ pending: PendingSocket, _ engine: TLSEngine?) {
        guard connecting != nil else { return }
        stopConnecting()
        if let error = pending.socket.connectError(to: address) { return events.closed(.net(error)) }
        let connection = Connection(
            Socket(adopting: pending.release()), address: address, tls: engine, role: .client, loop: loop, limits: limits)
        do { try connection.start() } catch { return events.closed(.net(error)) }
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

    /// Opens a stream with `fields` (pseudo-header fields first); `receiver` gets the reply.
    public func request(_ fields: HTTPFields, receiver: any HTTPStreamReceiver) throws(HTTP2Error) -> HTTPStream {
        guard let connection, canOpenStreams else { throw .shutDown }
        let stream = try connection.session.submitRequest(fields, receiver: receiver, withBody: true)
        openStreams += 1
        return stream
    }

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
}

extension HTTPClientConnection: ConnectionOwner {
    func connectionBecameReady(_ connection: Connection) { events.ready() }

    func connection(_ connection: Connection, received request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver {
        RefusedStream(stream)
    }

    func connection(_ connection: Connection, receivedGoAway code: ErrorCode, lastStream: Int32, debug: String) {
        isGoingAway = true
        events.goingAway()
    }

    func connectionClosedStream(_ connection: Connection) {
        openStreams -= 1
        events.streamClosed()
        if isGoingAway, openStreams == 0 { connection.drain() }
    }

    func connectionClosed(_ connection: Connection, _ reason: HTTP2Error) {
        isGoingAway = true
        openStreams = 0
        events.closed(reason)
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
