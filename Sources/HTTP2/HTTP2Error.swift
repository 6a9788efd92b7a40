public import Net
public import TLS

/// Why a connection could not be made, or ended.
public enum HTTP2Error: Error, Sendable, CustomStringConvertible {
    case net(NetError)
    case tls(TLSError)
    /// nghttp2 refused what the peer sent or what we asked; the text is the library's.
    case session(String)
    /// The peer said GOAWAY.
    case goAway(code: ErrorCode, debug: String)
    /// The peer closed its side without saying so.
    case closedByPeer
    /// No preface, handshake or SETTINGS in time.
    case handshakeTimeout
    /// The peer took nothing of what waited for it, for too long.
    case writeTimeout
    /// The peer did not answer a keepalive PING.
    case keepaliveTimeout
    /// The peer did what we do not bear.
    case violation(Violation)
    /// We closed it.
    case shutDown

    public var description: String {
        switch self {
        case .net(let error): "\(error)"
        case .tls(let error): "\(error)"
        case .session(let text): "HTTP/2: \(text)"
        case .goAway(let code, let debug): "the peer sent GOAWAY \(code)" + (debug.isEmpty ? "" : " (\(debug))")
        case .closedByPeer: "the peer closed the connection"
        case .handshakeTimeout: "the peer did not complete the handshake in time"
        case .writeTimeout: "the peer did not read for too long"
        case .keepaliveTimeout: "the peer did not answer a keepalive PING in time"
        case .violation(let violation): "the peer was cut off: \(violation.rawValue)"
        case .shutDown: "the connection was shut down"
        }
    }
}

/// An error code of RST_STREAM or GOAWAY (RFC 9113 §7).
public struct ErrorCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let noError = ErrorCode(rawValue: 0)
    public static let protocolError = ErrorCode(rawValue: 1)
    public static let internalError = ErrorCode(rawValue: 2)
    public static let flowControlError = ErrorCode(rawValue: 3)
    public static let settingsTimeout = ErrorCode(rawValue: 4)
    public static let streamClosed = ErrorCode(rawValue: 5)
    public static let frameSizeError = ErrorCode(rawValue: 6)
    public static let refusedStream = ErrorCode(rawValue: 7)
    public static let cancel = ErrorCode(rawValue: 8)
    public static let compressionError = ErrorCode(rawValue: 9)
    public static let connectError = ErrorCode(rawValue: 10)
    public static let enhanceYourCalm = ErrorCode(rawValue: 11)
    public static let inadequateSecurity = ErrorCode(rawValue: 12)
    public static let http11Required = ErrorCode(rawValue: 13)

    private static let names = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
        "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ]

    public var description: String {
        rawValue < ErrorCode.names.count ? ErrorCode.names[Int(rawValue)] : "0x" + String(rawValue, radix: 16)
    }
}
