internal import CNet
internal import Crypto

/// Turns what OpenSSL left in this thread's error queue, and what our callbacks noted, into a `TLSError`.
enum TLSFailure {
    /// - Parameter serverName: whom a client wanted.
    static func read(from wire: borrowing Wire, isHandshakeComplete: Bool, side: TLSContext.Side, serverName: String?) -> TLSError {
        let code = firstSSLError()
        let detail = drainOpenSSLErrors()
        guard let code else { return TLSError(.internalFailure, "OpenSSL failed: \(detail)") }
        if code >= SSL_AD_REASON_OFFSET { return alert(code - SSL_AD_REASON_OFFSET, detail: detail) }
        if !isHandshakeComplete, let first = wire.firstByte, first != handshakeRecord, first != alertRecord {
            return TLSError(
                .notTLS, "the peer does not speak TLS: its first byte is \(first), and a TLS record begins with \(handshakeRecord)")
        }
        switch code {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return unsafe rejection(wire.rejection, of: wire.rejectedCertificate, to: side, serverName: serverName)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSError(.certificateRequired, "the client presented no certificate, and this server demands one")
        case SSL_R_NO_APPLICATION_PROTOCOL:
            return TLSError(.noApplicationProtocol, "the peer offered no application protocol that is spoken here")
        case SSL_R_CALLBACK_FAILED where wire.offersNoProtocol:
            return TLSError(.noApplicationProtocol, "the client offered no application protocol (ALPN), and this server demands one")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_NO_PROTOCOLS_AVAILABLE:
            return TLSError(.protocolVersion, "the peer does not speak TLS 1.3 (\(detail))")
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_UNKNOWN_PROTOCOL:
            return isHandshakeComplete
                ? TLSError(.badRecord, "the peer sent a damaged record: \(detail)")
                : TLSError(.notTLS, "the peer does not speak TLS: \(detail)")
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
            return TLSError(.noSharedAlgorithm, "the peer and this side share no algorithm: \(detail)")
        case SSL_R_BAD_KEY_SHARE, SSL_R_BAD_ECPOINT:
            return TLSError(.keyExchange, "the peer's part of the key exchange is no good: \(detail)")
        case SSL_R_BAD_SIGNATURE, SSL_R_WRONG_SIGNATURE_TYPE:
            return TLSError(.signature, "the peer's signature over the handshake is wrong: \(detail)")
        case SSL_R_INAPPROPRIATE_FALLBACK:
            return TLSError(.inappropriateFallback, "the peer came back with an older version of TLS than it speaks")
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_BAD_RECORD_TYPE, SSL_R_ENCRYPTED_LENGTH_TOO_LONG,
            SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_DATA_LENGTH_TOO_LONG:
            return TLSError(.badRecord, "the peer sent a damaged record: \(detail)")
        default:
            return TLSError(.protocolViolation, "the peer broke the TLS protocol: \(detail)")
        }
    }

    /// RFC 8446 section 5.1: the content types that may come first.
    private static let handshakeRecord: UInt8 = 22
    private static let alertRecord: UInt8 = 21

    /// The oldest reason, if libssl itself gave it: later ones are consequences. Otherwise what libssl made of a fault below it.
    private static func firstSSLError() -> Int32? {
        for code in [ERR_peek_error(), ERR_peek_last_error()] where code != 0 && ERR_GET_LIB(code) == ERR_LIB_SSL {
            return ERR_GET_REASON(code)
        }
        return nil
    }

    /// What an alert of RFC 8446 section 6.2 tells about us.
    private static func alert(_ alert: Int32, detail: String) -> TLSError {
        let (reason, sentence): (TLSError.Reason, String) =
            switch alert {
            case SSL_AD_CERTIFICATE_EXPIRED: (.certificateExpired, "our certificate has expired, or is not valid yet")
            case SSL_AD_CERTIFICATE_REVOKED: (.certificateRevoked, "our certificate is revoked")
            case SSL_AD_UNKNOWN_CA: (.unknownAuthority, "our certificate comes from an authority that it does not trust")
            case SSL_AD_UNSUPPORTED_CERTIFICATE:
                (.certificateUnsuitable, "our certificate is of a type or for a use that it does not accept")
            case SSL_AD_BAD_CERTIFICATE, SSL_AD_CERTIFICATE_UNKNOWN: (.certificateInvalid, "our certificate is not acceptable")
            case SSL_AD_CERTIFICATE_REQUIRED: (.certificateRequired, "we presented no certificate")
            case SSL_AD_NO_APPLICATION_PROTOCOL: (.noApplicationProtocol, "we share no application protocol (ALPN)")
            case SSL_AD_PROTOCOL_VERSION: (.protocolVersion, "we share no version of TLS")
            case SSL_AD_DECRYPT_ERROR: (.signature, "it found our signature over the handshake wrong")
            case SSL_AD_INAPPROPRIATE_FALLBACK:
                (.inappropriateFallback, "it took us for one that was made to speak an older version of TLS")
            case SSL_AD_BAD_RECORD_MAC: (.badRecord, "it found our record damaged")
            case SSL_AD_HANDSHAKE_FAILURE, SSL_AD_INSUFFICIENT_SECURITY: (.noSharedAlgorithm, "we share no acceptable algorithms")
            default: (.refusedByPeer, "it sent a fatal alert")
            }
        return TLSError(reason, "the peer ended the connection: \(sentence) (alert \(alert): \(detail))", isPeerAlert: true)
    }

    /// What OpenSSL's verdict about a peer's certificate says.
    static func rejection(_ code: Int32, of rejected: OpaquePointer?, to side: TLSContext.Side, serverName: String?) -> TLSError {
        let certificate = unsafe Certificate.sharing(rejected)
        let whose = "the \(side == .server ? "client" : "server")'s certificate \(certificate.map { "\($0) " } ?? "")"
        let issuer = certificate.map { ", issued by \($0.issuer)" } ?? ""
        let verdict = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TLSError(.certificateExpired, "\(whose)expired\(certificate.map { " at \(utcText($0.notAfter))" } ?? "")")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TLSError(
                .certificateNotYetValid, "\(whose)is not valid yet\(certificate.map { ", not before \(utcText($0.notBefore))" } ?? "")")
        case X509_V_ERR_CERT_REVOKED:
            return TLSError(.certificateRevoked, "\(whose)is revoked")
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return TLSError(.revocationUnknown, "\(whose)may be revoked: there is no revocation list of its issuer here\(issuer)")
        case X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID:
            return TLSError(.revocationUnknown, "\(whose)may be revoked: the revocation list of its issuer is out of date\(issuer)")
        case X509_V_ERR_APPLICATION_VERIFICATION:
            return TLSError(.nameNotAccepted, "\(whose)has none of the names that are let in")
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_CHAIN_TOO_LONG,
            X509_V_ERR_CERT_UNTRUSTED:
            return TLSError(.unknownAuthority, "\(whose)does not lead to a trusted authority\(issuer) (\(verdict))")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return TLSError(.serverNameMismatch, "\(whose)is not for \(serverName ?? "the name we wanted")")
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            return TLSError(.certificateUnsuitable, "\(whose)may not be used for this: \(verdict)")
        default:
            return TLSError(.certificateInvalid, "\(whose)was refused: \(verdict)")
        }
    }
}
