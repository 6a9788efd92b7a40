internal import CNet

/// A key that signs with Ed25519 (RFC 8032): tokens, never certificates, since BoringSSL's clients refuse such certificates.
public struct Ed25519PrivateKey: Sendable {
    public static let seedByteCount = 32

    let handle: KeyHandle
    private let signing: SignatureContext
    public let publicKey: Ed25519PublicKey

    /// A new random key.
    public init() {
        do {
            try self.init(KeyHandle.generate(.ed25519))
        } catch {
            fatalError("OpenSSL could not use an Ed25519 key that it just made: \(error)")
        }
    }

    /// Reads a PKCS#8 block, `-----BEGIN PRIVATE KEY-----`.
    public init(pem: [UInt8]) throws(CryptoError) {
        try self.init(KeyHandle.privateKey(pem: pem))
    }

    public init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    /// - Parameter seed: the 32 bytes that RFC 8032 calls the private key.
    public init(seed: [UInt8]) throws(CryptoError) {
        guard seed.count == Self.seedByteCount else {
            throw .malformedKey("an Ed25519 seed has 32 bytes, this one has \(seed.count)")
        }
        guard let pointer = unsafe EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count) else {
            throw .malformedKey(drainOpenSSLErrors())
        }
        try self.init(unsafe KeyHandle(owning: pointer))
    }

    init(_ handle: KeyHandle) throws(CryptoError) {
        try handle.expect(.ed25519)
        self.handle = handle
        signing = try SignatureContext.signing(with: handle, digest: nil)
        publicKey = try Ed25519PublicKey(handle.publicHalf())
    }

    /// The 64 bytes of the signature.
    public func sign(_ message: RawSpan) throws(CryptoError) -> [UInt8] {
        try signing.sign(message)
    }

    /// The 64 bytes of the signature.
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe signing.sign(message.span.bytes)
    }

    /// PKCS#8, unencrypted: write it with mode 0600.
    public func pem() throws(CryptoError) -> String {
        try handle.privatePEM()
    }
}

/// A key that verifies Ed25519 signatures (RFC 8032).
public struct Ed25519PublicKey: Sendable {
    public static let byteCount = 32
    public static let signatureByteCount = 64

    let handle: KeyHandle
    private let verifying: SignatureContext

    /// Reads a SubjectPublicKeyInfo block, `-----BEGIN PUBLIC KEY-----`.
    public init(pem: [UInt8]) throws(CryptoError) {
        try self.init(KeyHandle.publicKey(pem: pem))
    }

    public init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    /// - Parameter bytes: the 32 bytes of RFC 8032, the `x` of a JWK.
    public init(bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == Self.byteCount else {
            throw .malformedKey("an Ed25519 public key has 32 bytes, this one has \(bytes.count)")
        }
        guard let pointer = unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count) else {
            throw .malformedKey(drainOpenSSLErrors())
        }
        try self.init(unsafe KeyHandle(owning: pointer))
    }

    init(_ handle: KeyHandle) throws(CryptoError) {
        try handle.expect(.ed25519)
        self.handle = handle
        verifying = try SignatureContext.verifying(with: handle, digest: nil)
    }

    /// Whether `signature` is this key's signature of `message`; false for a signature of any other length than 64 bytes.
    public func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        signature.count == Self.signatureByteCount && verifying.verify(signature, of: message)
    }

    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        unsafe verify(signature, of: message.span.bytes)
    }

    /// The 32 bytes of RFC 8032.
    public var bytes: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            var length = buffer.count
            count = unsafe EVP_PKEY_get_raw_public_key(handle.pointer, buffer.baseAddress, &length) == 1 ? length : 0
        }
    }

    /// SubjectPublicKeyInfo.
    public func pem() throws(CryptoError) -> String {
        try handle.publicPEM()
    }
}
