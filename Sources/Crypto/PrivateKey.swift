/// A key for signing whose kind its PEM block tells.
public enum PrivateKey: Sendable {
    case ed25519(Ed25519PrivateKey)
    case p256(P256PrivateKey)

    /// Reads a PKCS#8 block, `-----BEGIN PRIVATE KEY-----`, of either kind, or a SEC 1 block, `-----BEGIN EC PRIVATE KEY-----`.
    public init(pem: [UInt8]) throws(CryptoError) {
        let handle = try KeyHandle.privateKey(pem: pem)
        switch handle.kind {
        case .p256: self = .p256(try P256PrivateKey(handle))
        case .ed25519, nil: self = .ed25519(try Ed25519PrivateKey(handle))
        }
    }

    public init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    public var publicKey: PublicKey {
        switch self {
        case .ed25519(let key): .ed25519(key.publicKey)
        case .p256(let key): .p256(key.publicKey)
        }
    }

    /// The 64 bytes of a signature as JWS has it (RFC 7518 section 3.4, RFC 8037 section 3.1).
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        switch self {
        case .ed25519(let key): try key.sign(message)
        case .p256(let key): try key.sign(message)
        }
    }

    /// PKCS#8, unencrypted: write it with mode 0600.
    public func pem() throws(CryptoError) -> String {
        switch self {
        case .ed25519(let key): try key.pem()
        case .p256(let key): try key.pem()
        }
    }
}
