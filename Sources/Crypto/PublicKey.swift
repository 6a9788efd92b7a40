/// A key for verifying signatures whose kind its PEM block tells: the algorithm comes from the key, never from what it verifies.
public enum PublicKey: Sendable {
    case ed25519(Ed25519PublicKey)
    case p256(P256PublicKey)
    /// Foreign issuers' only.
    case rsa(RSAPublicKey)

    /// Reads a SubjectPublicKeyInfo block, `-----BEGIN PUBLIC KEY-----`, of one of the two kinds that we sign with.
    public init(pem: [UInt8]) throws(CryptoError) {
        let handle = try KeyHandle.publicKey(pem: pem)
        switch handle.kind {
        case .p256: self = .p256(try P256PublicKey(handle))
        case .ed25519, nil: self = .ed25519(try Ed25519PublicKey(handle))
        }
    }

    /// The `alg` of RFC 7518 and RFC 8037 for signatures of this key.
    public var jwsAlgorithm: String {
        switch self {
        case .ed25519: "EdDSA"
        case .p256: "ES256"
        case .rsa(let key): key.padding == .pss ? "PS256" : "RS256"
        }
    }

    /// Whether `signature`, in the form of JWS, is this key's signature of `message`.
    public func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        switch self {
        case .ed25519(let key): key.verify(signature, of: message)
        case .p256(let key): key.verify(signature, of: message)
        case .rsa(let key): key.verify(signature, of: message)
        }
    }

    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        unsafe verify(signature, of: message.span.bytes)
    }
}

extension PublicKey: Equatable {
    /// The same key, for the same algorithm.
    public static func == (one: PublicKey, other: PublicKey) -> Bool {
        one.jwsAlgorithm == other.jwsAlgorithm && one.handle.isSame(as: other.handle)
    }

    private var handle: KeyHandle {
        switch self {
        case .ed25519(let key): key.handle
        case .p256(let key): key.handle
        case .rsa(let key): key.handle
        }
    }
}
