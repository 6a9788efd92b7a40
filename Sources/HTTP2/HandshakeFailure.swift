public import Net
public import TLS

/// A client that tried TLS with a server, and did not get in.
public struct HandshakeFailure: Sendable, CustomStringConvertible {
    public let address: SocketAddress
    /// Whom it wanted to reach (SNI), when it came so far and said so. It may say anything.
    public let requestedName: String?
    /// For a metric.
    public let result: TLSHandshakeResult
    /// A sentence without its full stop; it may quote the client's certificate.
    public let reason: String

    /// `192.0.2.7:4711, which wanted "api.example.com", was not let in: the client's certificate … expired … (CERTIFICATE_EXPIRED)`
    public var description: String {
        let wanted = requestedName.map { ", which wanted \($0.debugDescription)," } ?? ""
        return "\(address)\(wanted) was not let in: \(reason) (\(result.rawValue))"
    }
}

extension TLSHandshakeResult {
    /// What a handshake came to that was not complete when its connection ended; nil when we ended it for reasons of our own.
    init?(ofUnfinished reason: HTTP2Error) {
        switch reason {
        case .tls(let error): self = error.handshakeResult
        case .handshakeTimeout: self = .handshakeTimeout
        case .net, .closedByPeer, .goAway: self = .peerConnectionClosed
        case .session, .writeTimeout, .keepaliveTimeout, .violation, .shutDown: return nil
        }
    }
}
