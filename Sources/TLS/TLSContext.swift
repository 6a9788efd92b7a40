internal import CNet
public import Crypto

/// What all connections of one side share: certificates, keys, roots and rules. Immutable; a reload makes a new one.
///
/// TLS 1.3 only, no resumption, no renegotiation. With `alpn` given the two sides must agree on one of these protocols.
@safe public final class TLSContext: @unchecked Sendable {
    enum Side {
        case server
        case client
    }

    let side: Side
    let pointer: OpaquePointer
    let protocols: ApplicationProtocols
    /// What this side presents; nil for a client without a certificate.
    public let certificate: Certificate?

    /// The context of a server.
    ///
    /// - Parameters:
    ///   - certificateChain: the server's certificate, then its intermediates.
    ///   - privateKey: the certificate's key, unencrypted.
    ///   - clientRoots: when given, a client must present a certificate that leads to one of these.
    ///   - alpn: accepted protocols by preference; an empty list accepts connections without ALPN.
    public static func server(
        certificateChain: PEMSource, privateKey: PEMSource, clientRoots: PEMSource? = nil, alpn: [String] = ["h2"]
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(.server, certificateChain: certificateChain, privateKey: privateKey, alpn: alpn)
        if let clientRoots {
            try context.trust(clientRoots, as: "client roots")
            unsafe SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, noteRejection)
        }
        unsafe context.protocols.demand(in: context.pointer)
        return context
    }

    /// The context of a client, which always verifies the server's certificate and name.
    ///
    /// - Parameters:
    ///   - roots: authorities whose servers are trusted; no others are, the system's neither.
    ///   - certificateChain: the client's certificate, then its intermediates, for servers that ask for one.
    ///   - privateKey: the certificate's key, unencrypted; given if and only if there is a certificate.
    ///   - alpn: offered protocols by preference; an empty list offers none.
    public static func client(
        roots: PEMSource, certificateChain: PEMSource? = nil, privateKey: PEMSource? = nil, alpn: [String] = ["h2"]
    ) throws(TLSError) -> TLSContext {
        guard (certificateChain == nil) == (privateKey == nil) else {
            throw TLSError(.unusableCredentials, "a client needs both a certificate and its private key, or neither")
        }
        let context = try TLSContext(.client, certificateChain: certificateChain, privateKey: privateKey, alpn: alpn)
        try context.trust(roots, as: "server roots")
        unsafe SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, noteRejection)
        try unsafe context.protocols.offer(in: context.pointer)
        return context
    }

    private init(_ side: Side, certificateChain: PEMSource?, privateKey: PEMSource?, alpn: [String]) throws(TLSError) {
        let protocols = try ApplicationProtocols(alpn)
        let credentials = try Credentials(certificateChain: certificateChain, privateKey: privateKey, of: side)
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(side == .server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError(.internalFailure, "OpenSSL could not make a context: \(drainOpenSSLErrors())")
        }
        self.side = side
        unsafe self.pointer = pointer
        self.protocols = protocols
        certificate = credentials?.chain.first
        try configure()
        try unsafe credentials?.install(in: pointer)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private func configure() throws(TLSError) {
        unsafe SSL_CTX_set_options(pointer, CNET_SSL_OPTIONS)
        // RELEASE_BUFFERS: an idle connection keeps 7 KiB instead of 40. MOVING: output need not stay where it was.
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        unsafe cnet_ssl_ctx_set_mode(pointer, Int(modes))
        unsafe cnet_ssl_ctx_disable_session_cache(pointer)
        unsafe cnet_ssl_ctx_set_max_cert_list(pointer, Limits.certificateChainByteCount)
        unsafe SSL_CTX_set_verify_depth(pointer, Limits.chainDepth)
        let name = Array("switchboard".utf8)
        let isConfigured =
            unsafe cnet_ssl_ctx_set_min_version(pointer, TLS1_3_VERSION) == 1
            && SSL_CTX_set_num_tickets(pointer, 0) == 1
            && SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count)) == 1
            && cnet_ssl_ctx_set_groups(pointer, "X25519:P-256") == 1
            // AES-128 first: with AES instructions it is the fastest, and no weaker in practice.
            && SSL_CTX_set_ciphersuites(pointer, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
        guard isConfigured else {
            throw TLSError(.internalFailure, "OpenSSL refused our configuration: \(drainOpenSSLErrors())")
        }
    }

    private func trust(_ source: PEMSource, as role: String) throws(TLSError) {
        let bytes = try source.load(as: role)
        let roots: [Certificate]
        do {
            roots = try Certificate.chain(pem: bytes)
        } catch {
            throw TLSError(.unusableCredentials, "\(source.name(as: role)): \(error)")
        }
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for root in roots {
            guard unsafe X509_STORE_add_cert(store, root.pointer) == 1 else {
                throw TLSError(.unusableCredentials, "\(source.name(as: role)): \(drainOpenSSLErrors())")
            }
            // The names a server sends along help a client with several certificates to choose.
            if side == .server, unsafe SSL_CTX_add_client_CA(pointer, root.pointer) != 1 {
                throw TLSError(.internalFailure, "OpenSSL could not name a client root: \(drainOpenSSLErrors())")
            }
        }
    }
}

/// Called for each certificate of a chain, and with `isAccepted` 0 where verification stops; the verdict stays OpenSSL's.
private func noteRejection(isAccepted: Int32, verification: OpaquePointer?) -> Int32 {
    guard isAccepted == 0 else { return isAccepted }
    let connection = unsafe X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx())
    let wire = unsafe Wire.of(connection: connection.map { OpaquePointer($0) })
    unsafe wire?.pointee.reject(X509_STORE_CTX_get_current_cert(verification), because: X509_STORE_CTX_get_error(verification))
    return 0
}
