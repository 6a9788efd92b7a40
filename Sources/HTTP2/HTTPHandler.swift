public import Crypto
public import Net
internal import Synchronization

/// What takes requests from a connection: RPC is one, a metrics page another. Called on the connection's loop.
public protocol HTTPHandler: Sendable {
    /// A request's header section is complete. The receiver gets what follows, and `stream` takes the reply.
    func begin(_ request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver
}

/// A request's header section, and who sent it.
public struct HTTPRequest {
    /// Pseudo-header fields (`:method`, `:scheme`, `:authority`, `:path`) included, first.
    public let fields: HTTPFields
    public let peer: Peer
    /// When the connection's last request had the very same section.
    package let repeated: RepeatedFields?
}

/// What happens on one stream, told on its loop. None of these may be slow, and none may throw.
///
/// `received…` calls come while the session is parsing: they only take note. When all bytes at hand are parsed,
/// `inputDelivered` comes once: the place to act.
public protocol HTTPStreamReceiver: AnyObject {
    /// A client's view of a reply's header section (1xx sections are skipped).
    func received(head: HTTPFields)
    /// Bytes of the body, valid only during the call. `HTTPStream.consume` gives their window back.
    func received(body: UnsafeRawBufferPointer)
    func received(trailers: HTTPFields)
    /// The peer has ended its side.
    func receivedEnd()
    func inputDelivered()
    /// All that was written has been taken by the connection.
    func outputDrained()
    /// The message that `HTTPStream.claim` was asked about may come.
    func messageAdmitted()
    /// The stream is gone, for good or with an error; nothing follows.
    func closed(_ end: StreamEnd)
    /// Comes now and then while a server's stream is open (`Limits.sweepInterval`). True when a message has to come from the peer: if none
    /// of it does for `Limits.streamTimeout`, the stream is reset.
    func swept(at now: MonotonicTime) -> Bool
}

extension HTTPStreamReceiver {
    public func swept(at now: MonotonicTime) -> Bool { false }
    public func messageAdmitted() {}
}

/// How a stream ended.
public enum StreamEnd: Sendable {
    /// By both sides (NO_ERROR), or by the RST_STREAM of one.
    case stream(ErrorCode)
    /// With its connection.
    case connection(HTTP2Error)
    /// With its connection, and before the first byte of its request was on its way: nobody has seen it.
    case unsent(HTTP2Error)
}

/// The other end of a connection.
public final class Peer: Sendable {
    private let runningCalls = Atomic<Int>(0)
    private let values = Mutex(KeyedValues())
    public let address: SocketAddress
    /// What the peer proved in the TLS handshake, or nil in cleartext or without one.
    public let certificate: Certificate?
    public let isSecure: Bool
    /// The process at the other end of a Unix socket, as the kernel tells it; nil for all other connections.
    public let process: ProcessCredentials?

    public init(address: SocketAddress, certificate: Certificate?, isSecure: Bool, process: ProcessCredentials? = nil) {
        self.address = address
        self.process = process
        self.certificate = certificate
        self.isSecure = isSecure
    }

    /// What those who serve its connection's requests have found out about it.
    public subscript<Key: ValueKey>(_ key: Key.Type) -> Key.Value? {
        get { values.withLock { $0[key] } }
        set { values.withLock { $0[key] = newValue } }
    }

    /// What its certificate was found to prove, so that it need not be found out again for each call; whoever finds out knows the type. On
    /// the connection's loop only.
    @safe package nonisolated(unsafe) var identity: (any AnyObject & Sendable)?

    /// Handlers of its connection's calls that have not returned, those of streams that are long gone included.
    package var running: Int { runningCalls.load(ordering: .relaxed) }

    /// On the connection's loop only: nobody else writes, so that the bus need not be locked.
    package func began() { runningCalls.store(running &+ 1, ordering: .relaxed) }

    /// On the connection's loop only.
    package func returned() { runningCalls.store(running &- 1, ordering: .relaxed) }
}
