public import Net
public import TLS
internal import Synchronization

/// Listens, spreads connections over loops, and hands their requests to one handler.
public final class HTTPServer: Sendable {
    private let handler: any HTTPHandler
    /// Nil for cleartext; replaced by a reload.
    private let tls: Mutex<TLSContext?>
    let limits: Limits
    /// Connections from here begin with a `ProxyHeader`; from nowhere else is one believed.
    private let proxies: [AddressRange]
    private let violated: @Sendable (Violation, Peer) -> Void
    private let handshakeFailed: @Sendable (HandshakeFailure) -> Void
    private let jitter: @Sendable () -> Double
    private let seenViolations = Tally<Violation>()
    private let seenHandshakes = Tally<TLSHandshakeResult>()
    let admission: Admission
    private let bodies = ServerBodies()
    let shares: [LoopShare]
    private let acceptor: EventLoop
    private let accepting = Mutex<Accepting>(Accepting())

    private struct Accepting {
        /// Calls back on the acceptor's loop when no further socket will come.
        var stop: (@Sendable (_ stopped: @escaping @Sendable () -> Void) -> Void)?
    }

    /// Without `tls` it speaks cleartext HTTP/2 by prior knowledge. Connections from `proxies` must begin with a header of the PROXY protocol,
    /// version 2, which says whose they are. `violated` is told, on a loop, of each peer that was cut off and why,
    /// `handshakeFailed` of each that did not get as far as to be one; `jitter` gives numbers from -1 to 1, which spread the ends of connections that began together.
    public init(
        handler: any HTTPHandler, tls: TLSContext?, loops: EventLoopGroup, limits: Limits = .standard, proxies: [AddressRange] = [],
        violated: @escaping @Sendable (Violation, Peer) -> Void = { _, _ in },
        handshakeFailed: @escaping @Sendable (HandshakeFailure) -> Void = { _ in },
        jitter: @escaping @Sendable () -> Double = { .random(in: -1...1) }
    ) {
        self.proxies = proxies
        self.violated = violated
        self.handshakeFailed = handshakeFailed
        admission = Admission(limits)
        self.jitter = jitter
        self.handler = handler
        self.tls = Mutex(tls)
        self.limits = limits
        self.acceptor = loops.loops[0]
        shares = loops.loops.map { LoopShare(loop: $0) }
    }

    /// Binds, and serves from now on. Returns the address, with the port that was taken if `address` had port 0.
    public func start(on address: SocketAddress) async throws -> SocketAddress {
        let listener = try Listener(on: address, for: acceptor)
        return try await withCheckedThrowingContinuation { continuation in
            acceptor.execute {
                do {
                    let share = self.shares[0]
                    let watch = Confined(
                        try listener.watch(on: self.acceptor, pace: { share.handshakes.append($0) }) { self.accept($0) }, to: self.acceptor)
                    self.accepting.withLock { accepting in
                        accepting.stop = { stopped in
                            watch.loop.execute {
                                watch.value.cancel()
                                stopped()
                            }
                        }
                    }
                    continuation.resume(returning: listener.address)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Has new connections use `tls`, and judges those that stand by it: a peer that it would not let in loses its connection at once, the
    /// others notice nothing. Returns how many lost theirs. A server of cleartext stays one.
    @discardableResult
    public func reload(_ tls: TLSContext) async -> Int {
        guard
            self.tls.withLock({ current in
                guard current != nil else { return false }
                current = tls
                return true
            })
        else { return 0 }
        return await withTaskGroup { group in
            for share in shares { group.addTask { await share.judge(by: tls) } }
            return await group.reduce(0, +)
        }
    }

    /// Connections of each loop, in the order of the loops.
    public var connectionCounts: [Int] {
        shares.map { $0.count.load(ordering: .relaxed) }
    }

    /// How late each loop is with its work, in the order of the loops.
    public var loopLags: [LoopLag] {
        shares.map { $0.loop.lag }
    }

    /// How many peers were cut off, or had a stream ended, for each reason.
    public var violations: [Violation: Int] { seenViolations.all }

    /// How TLS handshakes ended.
    public var handshakes: [TLSHandshakeResult: Int] { seenHandshakes.all }

    /// Connections that have not completed the handshake, and addresses whose connections are counted.
    package var admissions: (handshakes: Int, addresses: Int) { admission.counts }

    /// Bytes of bodies that came and that no handler has taken yet, beside those messages that came in one frame each.
    public var heldBodyBytes: Int { bodies.heldBytes }

    func saw(_ violation: Violation, of peer: Peer) {
        seenViolations.add(violation)
        violated(violation, peer)
    }

    func sawHandshake(of address: SocketAddress, at now: MonotonicTime) {
        seenHandshakes.add(.success)
        admission.completedTLS(address, at: now)
    }

    func saw(_ failure: HandshakeFailure, at now: MonotonicTime) {
        admission.failedTLS(failure.address, at: now)
        seenHandshakes.add(failure.result)
        handshakeFailed(failure)
    }

    func completedHandshake(_ address: SocketAddress) { admission.completedHandshake(address) }

    func closed(_ address: SocketAddress, hadCompletedHandshake: Bool) {
        admission.closed(address, hadCompletedHandshake: hadCompletedHandshake)
    }

    private func accept(_ socket: consuming Socket) {
        guard let address = socket.remoteAddress else { return }
        let isProxied = proxies.contains { $0.contains(address) }
        if let violation = isProxied ? admission.admitProxied() : admission.admit(address, at: acceptor.now) {
            return saw(violation, of: Peer(address: address, certificate: nil, isSecure: false))
        }
        // The one with the fewest; the count moves now, so that a burst is spread, too.
        var best = shares[0]
        for share in shares where share.count.load(ordering: .relaxed) < best.count.load(ordering: .relaxed) { best = share }
        best.count.add(1, ordering: .relaxed)
        let descriptor = socket.release()
        let share = best
        share.loop.execute {
            share.handshakes.append {
                if isProxied {
                    self.awaitClient(Socket(adopting: descriptor), from: address, on: share)
                } else {
                    self.open(Socket(adopting: descriptor), address, on: share)
                }
            }
        }
    }

    func open(_ socket: consuming Socket, _ address: SocketAddress, on share: LoopShare) {
        let engine = tls.withLock { $0 }.map { TLSEngine(server: $0) }
        let connection = Connection(
            socket, address: address, tls: engine, role: .server, loop: share.loop, limits: limits, jitter: jitter(),
            serverBodies: bodies, handshakes: share.handshakes)
        do {
            try connection.start()
        } catch {
            // Out of memory or watches for this one: the socket closes as the connection goes out of scope.
            closed(address, hadCompletedHandshake: false)
            share.lost()
            return
        }
        share.opened(connection, of: self, handler: handler)
        share.sweep(every: limits.sweepInterval)
        if share.isDraining { connection.drain() }
    }

    /// Stops accepting, lets calls end for up to `grace`, then ends the rest. Returns when every connection is closed.
    public func drain(grace: Duration) async {
        if let stop = accepting.withLock({ $0.stop }) {
            await withCheckedContinuation { continuation in stop { continuation.resume() } }
        }
        await withTaskGroup { group in
            for share in shares { group.addTask { await share.drain(grace: grace) } }
        }
    }
}

/// One loop's connections. The count is shared; the rest is confined to the loop.
final class LoopShare: @unchecked Sendable {
    let loop: EventLoop
    let count = Atomic<Int>(0)
    let handshakes: HandshakeQueue
    var connections: [ObjectIdentifier: ServedConnection] = [:]
    /// Those whose clients are not known yet.
    var proxied: [ProxiedSocket] = []
    private var opened = 0
    private(set) var isDraining = false
    private var isSweeping = false
    private var whenEmpty: [CheckedContinuation<Void, Never>] = []

    init(loop: EventLoop) {
        self.loop = loop
        handshakes = HandshakeQueue(loop)
    }

    func opened(_ connection: Connection, of server: HTTPServer, handler: any HTTPHandler) {
        opened += 1
        connections[ObjectIdentifier(connection)] = ServedConnection(
            connection, number: opened, server: server, handler: handler, share: self)
    }

    /// The oldest first: what is done to all of them is done in the same order each time.
    var inOrder: [ServedConnection] { connections.values.sorted { $0.number < $1.number } }

    /// Looks after every connection now and then, as long as there is one.
    func sweep(every interval: Duration) {
        guard !isSweeping else { return }
        isSweeping = true
        loop.schedule(after: interval) {
            self.isSweeping = false
            for served in self.inOrder { served.connection.sweep() }
            if !self.connections.isEmpty { self.sweep(every: interval) }
        }
    }

    func closed(_ connection: Connection) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        lost()
    }

    /// One that was counted is gone, or never came to be.
    func lost() {
        count.subtract(1, ordering: .relaxed)
        resumeIfEmpty()
    }

    func judge(by tls: TLSContext) async -> Int {
        await withCheckedContinuation { continuation in
            loop.execute {
                let refused = self.connections.values.filter { $0.connection.isRefused(by: tls) }
                for served in refused { served.connection.terminate(.inadequateSecurity) }
                continuation.resume(returning: refused.count)
            }
        }
    }

    func drain(grace: Duration) async {
        await withCheckedContinuation { continuation in
            loop.execute {
                self.isDraining = true
                self.whenEmpty.append(continuation)
                for waiting in self.proxied { waiting.close() }
                for served in self.inOrder { served.connection.drain() }
                self.loop.schedule(after: grace) {
                    for served in self.inOrder { served.connection.terminate(.cancel) }
                    // A peer that reads nothing would hold us: what has not gone in a second goes now.
                    self.loop.schedule(after: .seconds(1)) {
                        for served in self.inOrder { served.connection.close(.shutDown) }
                    }
                }
                self.resumeIfEmpty()
            }
        }
    }

    /// By the count: a socket that was accepted and is still on its way to this loop is in it.
    private func resumeIfEmpty() {
        guard count.load(ordering: .relaxed) == 0 else { return }
        for continuation in whenEmpty { continuation.resume() }
        whenEmpty.removeAll()
    }
}

/// Binds a connection to the handler and to its loop's share.
final class ServedConnection: ConnectionOwner {
    let connection: Connection
    /// How many its loop had before.
    let number: Int
    private let server: HTTPServer
    private let handler: any HTTPHandler
    private let share: LoopShare

    init(_ connection: Connection, number: Int, server: HTTPServer, handler: any HTTPHandler, share: LoopShare) {
        self.connection = connection
        self.number = number
        self.server = server
        self.handler = handler
        self.share = share
        connection.owner = self
    }

    func connectionBecameReady(_ connection: Connection) { server.completedHandshake(connection.peer.address) }

    func connectionCompletedTLS(_ connection: Connection) {
        server.sawHandshake(of: connection.peer.address, at: share.loop.now)
    }

    func connection(_ connection: Connection, received request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver {
        handler.begin(request, on: stream)
    }

    func connection(_ connection: Connection, receivedGoAway code: ErrorCode, lastStream: Int32, debug: String) {}

    func connectionClosedStream(_ connection: Connection) {}

    func connection(_ connection: Connection, saw violation: Violation) {
        server.saw(violation, of: connection.peer)
    }

    func connectionClosed(_ connection: Connection, _ reason: HTTP2Error) {
        switch reason {
        case .handshakeTimeout: server.saw(.handshakeTimeout, of: connection.peer)
        case .writeTimeout: server.saw(.unreadOutput, of: connection.peer)
        // The others were told when they were seen.
        case .violation(.unreadAnswers): server.saw(.unreadAnswers, of: connection.peer)
        default: break
        }
        if connection.peer.isSecure, !connection.hasCompletedTLS, let result = TLSHandshakeResult(ofUnfinished: reason) {
            server.saw(
                HandshakeFailure(
                    address: connection.peer.address, requestedName: connection.requestedName, result: result, reason: "\(reason)"),
                at: share.loop.now)
        }
        server.closed(connection.peer.address, hadCompletedHandshake: connection.isReady)
        share.closed(connection)
    }
}
