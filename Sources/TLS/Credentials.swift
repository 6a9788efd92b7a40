internal import CNet
internal import Crypto

/// A certificate chain and its private key, read and not yet in use.
struct Credentials {
    let chain: [Certificate]
    private let key: KeyHandle
    private let name: String

    /// Nil when neither is given.
    init?(certificateChain: PEMSource?, privateKey: PEMSource?, of side: TLSContext.Side) throws(TLSError) {
        guard let certificateChain, let privateKey else { return nil }
        let roles = side == .server ? ("server certificate", "server key") : ("client certificate", "client key")
        name = certificateChain.name(as: roles.0)
        let chainBytes = try certificateChain.load(as: roles.0)
        let keyBytes = try privateKey.load(as: roles.1)
        do {
            chain = try Certificate.chain(pem: chainBytes)
        } catch {
            throw TLSError(.unusableCredentials, "\(certificateChain.name(as: roles.0)): \(error)")
        }
        do {
            key = try KeyHandle.privateKey(pem: keyBytes)
        } catch {
            throw TLSError(.unusableCredentials, "\(privateKey.name(as: roles.1)): \(error)")
        }
        guard let leaf = chain.first, key.belongs(to: leaf) else {
            throw TLSError(.keyMismatch, "\(privateKey.name(as: roles.1)) does not belong to \(name)")
        }
    }

    func install(in context: OpaquePointer) throws(TLSError) {
        for (index, certificate) in chain.enumerated() {
            let isInstalled =
                index == 0
                ? unsafe SSL_CTX_use_certificate(context, certificate.pointer)
                : unsafe cnet_ssl_ctx_add_chain_certificate(context, certificate.pointer)
            guard isInstalled == 1 else {
                throw TLSError(.unusableCredentials, "\(name) cannot be used: \(drainOpenSSLErrors())")
            }
        }
        guard unsafe SSL_CTX_use_PrivateKey(context, key.pointer) == 1, unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw TLSError(.unusableCredentials, "the key of \(name) cannot be used: \(drainOpenSSLErrors())")
        }
    }
}
