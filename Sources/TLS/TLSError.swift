/// Why a TLS context could not be made, or a connection failed.
public struct TLSError: Error, Hashable, Sendable {
    /// The short name of a failure, for metrics and tests.
    public enum Reason: String, Sendable {
        /// A file with a key or certificates cannot be read, or holds something else.
        case unusableCredentials = "unusable_credentials"
        /// The private key is not the certificate's.
        case keyMismatch = "key_mismatch"
        case invalidServerName = "invalid_server_name"
        case certificateExpired = "certificate_expired"
        case certificateNotYetValid = "certificate_not_yet_valid"
        case certificateRevoked = "certificate_revoked"
        /// No current list says whether the certificate is revoked.
        case revocationUnknown = "revocation_unknown"
        /// The certificate is good, but bears none of the names that are let in.
        case nameNotAccepted = "name_not_accepted"
        /// The certificate does not lead to a root that the verifier trusts.
        case unknownAuthority = "unknown_authority"
        /// The certificate is for other uses: a server's in a client's hands, for example.
        case certificateUnsuitable = "certificate_unsuitable"
        /// The certificate is malformed, or its signature is wrong.
        case certificateInvalid = "certificate_invalid"
        /// The client presented no certificate.
        case certificateRequired = "certificate_required"
        /// The server's certificate is for another name.
        case serverNameMismatch = "server_name_mismatch"
        /// The two sides share no application protocol, or the client offered none.
        case noApplicationProtocol = "no_application_protocol"
        /// The peer speaks no version of TLS that is spoken here.
        case protocolVersion = "protocol_version"
        /// The two sides share no cipher suite, group or signature algorithm.
        case noSharedAlgorithm = "no_shared_algorithm"
        /// The peer's part of the key exchange is no good.
        case keyExchange = "key_exchange"
        /// A signature over the handshake is wrong.
        case signature = "signature"
        /// The peer came back with an older version than it speaks (RFC 7507).
        case inappropriateFallback = "inappropriate_fallback"
        /// The peer's first bytes are not TLS.
        case notTLS = "not_tls"
        /// A record was tampered with, or damaged.
        case badRecord = "bad_record"
        /// The peer broke the protocol in another way.
        case protocolViolation = "protocol_violation"
        /// The peer gave up with an alert that says nothing more precise.
        case refusedByPeer = "refused_by_peer"
        /// The transport ended without a close_notify: what came may be cut short.
        case truncated = "truncated"
        /// Something was sent before the handshake was complete.
        case handshakeIncomplete = "handshake_incomplete"
        /// Something was sent after `close()`.
        case closed = "closed"
        case internalFailure = "internal_failure"
    }

    public let reason: Reason
    /// True when the peer found the fault and told us by an alert; false when we found it.
    public let isPeerAlert: Bool
    /// A sentence without its full stop, for a log; it may quote the peer's certificate.
    public let message: String

    init(_ reason: Reason, _ message: String, isPeerAlert: Bool = false) {
        self.reason = reason
        self.isPeerAlert = isPeerAlert
        self.message = message
    }
}

extension TLSError: CustomStringConvertible {
    public var description: String {
        message
    }
}
