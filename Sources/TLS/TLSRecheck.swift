internal import CNet
internal import Crypto

extension TLSEngine {
    /// Why the peer, who came in by an older context, would not be let in by `context`; nil when it would. For connections that stand
    /// when certificates, roots or revocation lists were loaded anew.
    public func refusal(by context: TLSContext) -> TLSError? {
        guard let leaf = unsafe SSL_get0_peer_certificate(connection) else {
            return context.demandsCertificate
                ? TLSError(.certificateRequired, "the client presented no certificate, and this server demands one") : nil
        }
        guard context.demandsCertificate else { return nil }
        ERR_clear_error()
        guard let verification = unsafe X509_STORE_CTX_new() else {
            return TLSError(.internalFailure, "OpenSSL could not begin a verification: \(drainOpenSSLErrors())")
        }
        defer { unsafe X509_STORE_CTX_free(verification) }
        let isPrepared =
            unsafe X509_STORE_CTX_init(verification, SSL_CTX_get_cert_store(context.pointer), leaf, SSL_get_peer_cert_chain(connection))
            == 1
            && X509_STORE_CTX_set_default(verification, context.side == .server ? "ssl_client" : "ssl_server") == 1
        var isNamed = true
        if let serverName, let expected = try? ServerName(serverName) {
            isNamed = unsafe expected.demand(ofVerification: verification)
        }
        guard isPrepared, isNamed else {
            return TLSError(.internalFailure, "OpenSSL could not begin a verification: \(drainOpenSSLErrors())")
        }
        unsafe X509_STORE_CTX_set_depth(verification, Limits.chainDepth)
        unsafe X509_STORE_CTX_set_verify_cb(verification, judge)
        let isAccepted = unsafe X509_verify_cert(verification) == 1
        ERR_clear_error()
        guard !isAccepted else { return nil }
        return unsafe TLSFailure.rejection(
            X509_STORE_CTX_get_error(verification), of: X509_STORE_CTX_get_current_cert(verification), to: context.side,
            serverName: serverName)
    }
}

extension TLSContext {
    fileprivate var demandsCertificate: Bool {
        unsafe SSL_CTX_get_verify_mode(pointer) & SSL_VERIFY_PEER != 0
    }
}
