public import HTTP2
public import Net
public import TLS

extension RPCError {
    /// Why a client made this error itself: for programs, where `message` is for people.
    public struct Cause: Sendable, Hashable {
        public enum Kind: Sendable, Hashable {
            /// The target's name has no address now.
            case resolution(name: String)
            /// The system refused the connection; `errno` is its code.
            case connect(errno: Int32)
            /// No connection stood, with its handshake done, in time.
            case connectTimeout
            case tls(TLSError.Reason)
            /// The connection ended without a word; `errno` is nil when the peer closed it in order.
            case connectionLost(errno: Int32?)
            /// The server ended the connection, and said why: `debug` is its own text.
            case goAway(ErrorCode, debug: String)
            case keepaliveTimeout
            /// The server took nothing of what waited for it, for too long.
            case writeTimeout
            /// The peer speaks no HTTP/2, or broke its rules.
            case http2(String)
            /// The server reset the call's stream.
            case reset(ErrorCode)
            /// The answer is HTTP, and not gRPC's.
            case httpStatus(Int)
            /// The reply ended without a status, or with one that gRPC does not define.
            case status(String?)
            /// A message has more bytes than this side takes. A server's error has this cause, too.
            case messageTooLarge
            /// A client's metadata has more bytes than the server takes: the server's error has this cause.
            case metadataTooLarge
            /// A client packs its messages in a way that the server does not know: the server's error has this cause.
            case encodingUnknown
            /// A header field or the framing of a message is not as gRPC has it. A server's error has this cause, too.
            case malformed
            /// A reply that must be one was none, or several.
            case cardinality
            /// Too many calls wait for a connection already.
            case queueFull(limit: Int)
            case deadline(Phase)
            /// The task of the call was cancelled, its reader went away, or the call that it works for was cancelled.
            case cancelled
            /// There were no credentials, or they must not be sent this way.
            case credentials
            case channelClosed
            /// The server's own status, after several attempts.
            case server
        }

        /// What a call was doing when its deadline passed.
        public enum Phase: String, Sendable, Hashable {
            case credentials
            /// It waited for a connection, or for a stream on one.
            case queue
            /// It waited to be tried again.
            case backoff
            /// It was with the server.
            case reply
        }

        public let kind: Kind
        /// The address that was tried, if it came that far.
        public let address: SocketAddress?
        /// How often the call was sent to a server, transparent retries apart.
        public internal(set) var attempts = 0
        /// How long the call waited for a connection or a stream, in all its attempts.
        public internal(set) var timeInQueue: Duration = .zero

        public init(_ kind: Kind, address: SocketAddress? = nil) {
            self.kind = kind
            self.address = address
        }
    }
}

extension RPCError.Cause.Kind {
    /// What became of a connection: `isReady` when it had stood.
    init(_ error: HTTP2Error, isReady: Bool) {
        switch error {
        case .net(.system(_, let code)): self = isReady ? .connectionLost(errno: code) : .connect(errno: code)
        case .net(.resolution(let name, _)): self = .resolution(name: name)
        case .net: self = .connect(errno: 0)
        case .tls(let error): self = .tls(error.reason)
        case .session(let text): self = .http2(text)
        case .violation(let violation): self = .http2("the server was cut off: \(violation.rawValue)")
        case .goAway(let code, let debug): self = .goAway(code, debug: debug)
        case .closedByPeer: self = .connectionLost(errno: nil)
        case .handshakeTimeout: self = .connectTimeout
        case .writeTimeout: self = .writeTimeout
        case .keepaliveTimeout: self = .keepaliveTimeout
        case .shutDown: self = .channelClosed
        }
    }

    /// A short name that does not change, for metrics and for `google.rpc.ErrorInfo.reason`.
    public var reason: String {
        switch self {
        case .resolution: "RESOLUTION"
        case .connect: "CONNECT"
        case .connectTimeout: "CONNECT_TIMEOUT"
        case .tls(let reason): "TLS_" + reason.rawValue.uppercased()
        case .connectionLost: "CONNECTION_LOST"
        case .goAway(let code, _): "GOAWAY_\(code)"
        case .keepaliveTimeout: "KEEPALIVE_TIMEOUT"
        case .writeTimeout: "WRITE_TIMEOUT"
        case .http2: "HTTP2"
        case .reset(let code): "RESET_\(code)"
        case .httpStatus(let status): "HTTP_\(status)"
        case .status: "STATUS"
        case .messageTooLarge: "MESSAGE_TOO_LARGE"
        case .metadataTooLarge: "METADATA_TOO_LARGE"
        case .encodingUnknown: "ENCODING_UNKNOWN"
        case .malformed: "MALFORMED"
        case .cardinality: "CARDINALITY"
        case .queueFull: "QUEUE_FULL"
        case .deadline(let phase): "DEADLINE_IN_" + phase.rawValue.uppercased()
        case .cancelled: "CANCELLED"
        case .credentials: "CREDENTIALS"
        case .channelClosed: "CHANNEL_CLOSED"
        case .server: "SERVER"
        }
    }
}

/// Most errors travel without a cause or a pushback: both cost them one word.
final class CauseBox: Sendable {
    let cause: RPCError.Cause?
    let pushback: RPCError.Pushback?

    init(_ cause: RPCError.Cause?, _ pushback: RPCError.Pushback?) {
        self.cause = cause
        self.pushback = pushback
    }

    static func with(_ cause: RPCError.Cause?, _ pushback: RPCError.Pushback?) -> CauseBox? {
        cause == nil && pushback == nil ? nil : CauseBox(cause, pushback)
    }
}
