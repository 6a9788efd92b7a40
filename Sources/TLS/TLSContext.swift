internal import CNet
public import Crypto
internal import Synchronization

/// What all connections of one side share: certificates, keys, roots and rules. Immutable; a reload makes a new one.
///
/// No resumption, no early data, no renegotiation. With `alpn` given the two sides must agree on one of these protocols.
@safe public final class TLSContext: @unchecked Sendable {
    enum Side {
        case server
        case client
    }

    let side: Side
    let pointer: OpaquePointer
    let protocols: ApplicationProtocols
    let peerNames: PeerNames
    private let acceptsUnknownRevocation: Bool
    private let unknownRevocationCount = Atomic<Int>(0)
    /// What this side presents; nil for a client without a certificate.
    public let certificate: Certificate?

    /// The context of a server.
    ///
    /// - Parameters:
    ///   - certificateChain: the server's certificate, then its intermediates.
    ///   - privateKey: the certificate's key, unencrypted.
    ///   - clientRoots: when given, a client must present a certificate that leads to one of these.
    ///   - clientNames: which of their certificates are let in.
    ///   - revocation: how certificates that were taken back are recognised.
    ///   - oldestVersion: the oldest version that is spoken.
    ///   - alpn: accepted protocols by preference; an empty list accepts connections without ALPN.
    public static func server(
        certificateChain: PEMSource, privateKey: PEMSource, clientRoots: PEMSource? = nil, clientNames: PeerNames = .any,
        revocation: Revocation = .unchecked, oldestVersion: TLSVersion = .tls13, alpn: [String] = ["h2"]
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(
            .server, certificateChain: certificateChain, privateKey: privateKey, peerNames: clientNames, revocation: revocation,
            oldestVersion: oldestVersion, alpn: alpn)
        if let clientRoots {
            try context.trust(clientRoots, as: "client roots")
            unsafe SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, judge)
        }
        unsafe context.protocols.demand(in: context.pointer, oldestVersion: oldestVersion)
        return context
    }

    /// The context of a client, which always verifies the server's certificate and name.
    ///
    /// - Parameters:
    ///   - roots: authorities whose servers are trusted; no others are, the system's neither.
    ///   - certificateChain: the client's certificate, then its intermediates, for servers that ask for one.
    ///   - privateKey: the certificate's key, unencrypted; given if and only if there is a certificate.
    ///   - serverNames: which servers' certificates are let in, beside being for the name that was called.
    ///   - revocation: how certificates that were taken back are recognised.
    ///   - oldestVersion: the oldest version that is spoken.
    ///   - alpn: offered protocols by preference; an empty list offers none.
    public static func client(
        roots: PEMSource, certificateChain: PEMSource? = nil, privateKey: PEMSource? = nil, serverNames: PeerNames = .any,
        revocation: Revocation = .unchecked, oldestVersion: TLSVersion = .tls13, alpn: [String] = ["h2"]
    ) throws(TLSError) -> TLSContext {
        guard (certificateChain == nil) == (privateKey == nil) else {
            throw TLSError(.unusableCredentials, "a client needs both a certificate and its private key, or neither")
        }
        let context = try TLSContext(
            .client, certificateChain: certificateChain, privateKey: privateKey, peerNames: serverNames, revocation: revocation,
            oldestVersion: oldestVersion, alpn: alpn)
        try context.trust(roots, as: "server roots")
        unsafe SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, judge)
        try unsafe context.protocols.offer(in: context.pointer)
        return context
    }

    private init(
        _ side: Side, certificateChain: PEMSource?, privateKey: PEMSource?, peerNames: PeerNames, revocation: Revocation,
        oldestVersion: TLSVersion, alpn: [String]
    ) throws(TLSError) {
        let protocols = try ApplicationProtocols(alpn)
        let credentials = try Credentials(certificateChain: certificateChain, privateKey: privateKey, of: side)
        ERR_clear_error()
        guard let pointer = unsafe SSL_CTX_new(side == .server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError(.internalFailure, "OpenSSL could not make a context: \(drainOpenSSLErrors())")
        }
        self.side = side
        unsafe self.pointer = pointer
        self.protocols = protocols
        self.peerNames = peerNames
        if case .lists(_, whenUnknown: .accept) = revocation { acceptsUnknownRevocation = true } else { acceptsUnknownRevocation = false }
        certificate = credentials?.chain.first
        try configure(oldestVersion)
        try unsafe credentials?.install(in: pointer)
        try check(revocation)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    /// Certificates that were accepted though nobody could say whether they are revoked.
    public var unknownRevocations: Int { unknownRevocationCount.load(ordering: .relaxed) }

    private func configure(_ oldestVersion: TLSVersion) throws(TLSError) {
        unsafe SSL_CTX_set_options(pointer, CNET_SSL_OPTIONS)
        // RELEASE_BUFFERS: an idle connection keeps 7 KiB instead of 40. MOVING: output need not stay where it was.
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        unsafe cnet_ssl_ctx_set_mode(pointer, Int(modes))
        unsafe cnet_ssl_ctx_disable_session_cache(pointer)
        unsafe cnet_ssl_ctx_set_max_cert_list(pointer, Limits.certificateChainByteCount)
        unsafe SSL_CTX_set_verify_depth(pointer, Limits.chainDepth)
        let name = Array("switchboard".utf8)
        let isConfigured =
            unsafe cnet_ssl_ctx_set_min_version(pointer, oldestVersion == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION) == 1
            && SSL_CTX_set_num_tickets(pointer, 0) == 1
            && SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count)) == 1
            && cnet_ssl_ctx_set_groups(pointer, "X25519:P-256") == 1
            // AES-128 first: with AES instructions it is the fastest, and no weaker in practice.
            && SSL_CTX_set_ciphersuites(pointer, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") == 1
            // The list of TLS 1.2 alone: ephemeral keys and authenticated encryption.
            && SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
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

extension TLSContext {
    private func check(_ revocation: Revocation) throws(TLSError) {
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        // Unretained: every connection holds its context, and so does who checks again.
        unsafe X509_STORE_set_ex_data(store, TLSContext.index, Unmanaged.passUnretained(self).toOpaque())
        guard case .lists(let sources, _) = revocation else { return }
        for source in sources {
            let lists: [RevocationList]
            do {
                lists = try RevocationList.lists(pem: source.load(as: "revocation list"))
            } catch let error as CryptoError {
                throw TLSError(.unusableCredentials, "\(source.name(as: "revocation list")): \(error)")
            } catch let error as TLSError {
                throw error
            } catch {
                throw TLSError(.internalFailure, "\(error)")
            }
            for list in lists {
                guard unsafe X509_STORE_add_crl(store, list.pointer) == 1 else {
                    throw TLSError(.unusableCredentials, "\(source.name(as: "revocation list")): \(drainOpenSSLErrors())")
                }
            }
        }
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
    }

    /// Where a store remembers its context.
    private static let index = cnet_store_new_index()

    fileprivate static func of(_ verification: OpaquePointer?) -> TLSContext? {
        guard let store = unsafe X509_STORE_CTX_get0_store(verification), let own = unsafe X509_STORE_get_ex_data(store, index) else {
            return nil
        }
        return unsafe Unmanaged<TLSContext>.fromOpaque(own).takeUnretainedValue()
    }

    /// True when we let in what OpenSSL would not.
    fileprivate func pardons(_ error: Int32) -> Bool {
        switch error {
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID:
            if acceptsUnknownRevocation { unknownRevocationCount.add(1, ordering: .relaxed) }
            return acceptsUnknownRevocation
        default: return false
        }
    }
}

/// Called for each certificate of a chain with OpenSSL's verdict, root first, and with `isAccepted` 0 where verification would stop.
func judge(isAccepted: Int32, verification: OpaquePointer?) -> Int32 {
    guard let context = unsafe TLSContext.of(verification) else { return 0 }
    let current = unsafe X509_STORE_CTX_get_current_cert(verification)
    if isAccepted == 0, unsafe context.pardons(X509_STORE_CTX_get_error(verification)) {
        unsafe X509_STORE_CTX_set_error(verification, X509_V_OK)
        return 1
    }
    if isAccepted == 1 {
        if case .any = context.peerNames { return 1 }
        guard unsafe X509_STORE_CTX_get_error_depth(verification) == 0 else { return 1 }
        if let leaf = unsafe Certificate.sharing(current), context.peerNames.accept(leaf) { return 1 }
        unsafe X509_STORE_CTX_set_error(verification, X509_V_ERR_APPLICATION_VERIFICATION)
    }
    let connection = unsafe X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx())
    let wire = unsafe Wire.of(connection: connection.map { OpaquePointer($0) })
    unsafe wire?.pointee.reject(current, because: X509_STORE_CTX_get_error(verification))
    return 0
}

extension Certificate {
    /// A certificate of its own over an object that OpenSSL holds; nil when it cannot be read.
    static func sharing(_ pointer: OpaquePointer?) -> Certificate? {
        guard let pointer = unsafe pointer, unsafe X509_up_ref(pointer) == 1 else { return nil }
        return try? unsafe Certificate(owning: pointer)
    }
}
