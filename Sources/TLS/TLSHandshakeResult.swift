/// How a TLS handshake ended, by the names that gRFC A118 gives in all languages: the label of a metric.
public enum TLSHandshakeResult: String, Sendable, CaseIterable {
    case unknownFailure = "UNKNOWN_FAILURE"
    case success = "SUCCESS"

    case certificateVerificationFailed = "CERTIFICATE_VERIFICATION_FAILED"
    case certificateRevoked = "CERTIFICATE_REVOKED"
    case certificateExpired = "CERTIFICATE_EXPIRED"
    case certificateNotYetValid = "CERTIFICATE_NOT_YET_VALID"
    case certificateAuthorityInvalid = "CERTIFICATE_AUTHORITY_INVALID"
    case certificateHostnameMismatch = "CERTIFICATE_HOSTNAME_MISMATCH"
    case certificateMalformed = "CERTIFICATE_MALFORMED"

    case cipherSuiteMismatch = "CIPHER_SUITE_MISMATCH"
    case protocolVersionUnsupported = "PROTOCOL_VERSION_UNSUPPORTED"
    case inappropriateFallback = "INAPPROPRIATE_FALLBACK"
    case noApplicationProtocol = "NO_APPLICATION_PROTOCOL"

    case signatureVerificationFailed = "SIGNATURE_VERIFICATION_FAILED"
    case decryptionFailed = "DECRYPTION_FAILED"
    case keyExchangeFailure = "KEY_EXCHANGE_FAILURE"

    case unexpectedMessage = "UNEXPECTED_MESSAGE"
    case handshakeTimeout = "HANDSHAKE_TIMEOUT"
    case peerConnectionClosed = "PEER_CONNECTION_CLOSED"
}

extension TLSError {
    /// What a handshake that ended with this error came to.
    public var handshakeResult: TLSHandshakeResult {
        switch reason {
        case .certificateExpired: .certificateExpired
        case .certificateNotYetValid: .certificateNotYetValid
        case .certificateRevoked: .certificateRevoked
        case .unknownAuthority: .certificateAuthorityInvalid
        case .serverNameMismatch: .certificateHostnameMismatch
        case .certificateRequired, .certificateUnsuitable, .certificateInvalid, .nameNotAccepted, .revocationUnknown:
            .certificateVerificationFailed
        case .noApplicationProtocol: .noApplicationProtocol
        case .protocolVersion: .protocolVersionUnsupported
        case .inappropriateFallback: .inappropriateFallback
        case .noSharedAlgorithm: .cipherSuiteMismatch
        case .keyExchange: .keyExchangeFailure
        case .signature: .signatureVerificationFailed
        case .badRecord: .decryptionFailed
        case .notTLS, .protocolViolation: .unexpectedMessage
        case .truncated: .peerConnectionClosed
        case .unusableCredentials, .keyMismatch, .invalidServerName, .refusedByPeer, .handshakeIncomplete, .closed, .internalFailure:
            .unknownFailure
        }
    }
}
