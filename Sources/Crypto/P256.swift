internal import CNet

/// An ECDSA key on the curve P-256 (FIPS 186-5), the one kind that all TLS stacks accept in a certificate; it signs SHA-256 digests.
public struct P256PrivateKey: Sendable {
    package let handle: KeyHandle
    private let signing: SignatureContext
    public let publicKey: P256PublicKey

    /// A new random key.
    public init() {
        do {
            try self.init(KeyHandle.generate(.p256))
        } catch {
            fatalError("OpenSSL could not use a P-256 key that it just made: \(error)")
        }
    }

    /// Reads a PKCS#8 (`-----BEGIN PRIVATE KEY-----`) or SEC 1 (`-----BEGIN EC PRIVATE KEY-----`) block.
    public init(pem: [UInt8]) throws(CryptoError) {
        try self.init(KeyHandle.privateKey(pem: pem))
    }

    public init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    init(_ handle: KeyHandle) throws(CryptoError) {
        try handle.expect(.p256)
        self.handle = handle
        signing = try SignatureContext.signing(with: handle, digest: "SHA256")
        publicKey = try P256PublicKey(handle.publicHalf())
    }

    /// The 64 bytes r‖s of RFC 7518 section 3.4 (ES256).
    public func sign(_ message: RawSpan) throws(CryptoError) -> [UInt8] {
        let der = try signing.sign(message)
        guard let raw = P256PublicKey.rawSignature(der: der) else {
            throw .operationFailed("read its own signature", detail: drainOpenSSLErrors())
        }
        return raw
    }

    /// The 64 bytes r‖s of RFC 7518 section 3.4 (ES256).
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe sign(message.span.bytes)
    }

    /// PKCS#8, unencrypted: write it with mode 0600.
    public func pem() throws(CryptoError) -> String {
        try handle.privatePEM()
    }
}

/// A key that verifies ECDSA signatures on P-256 over SHA-256.
public struct P256PublicKey: Sendable {
    public static let signatureByteCount = 64
    private static let integerByteCount = 32

    let handle: KeyHandle
    private let verifying: SignatureContext

    /// Reads a SubjectPublicKeyInfo block, `-----BEGIN PUBLIC KEY-----`.
    public init(pem: [UInt8]) throws(CryptoError) {
        try self.init(KeyHandle.publicKey(pem: pem))
    }

    public init(pem: String) throws(CryptoError) {
        try self.init(pem: Array(pem.utf8))
    }

    /// - Parameters:
    ///   - x: the 32 bytes of a JWK's `x` (RFC 7518 section 6.2.1).
    ///   - y: the 32 bytes of its `y`.
    /// - Throws: ``CryptoError/malformedKey(_:)`` when they are no point of the curve.
    public init(x: [UInt8], y: [UInt8]) throws(CryptoError) {
        guard x.count == Self.integerByteCount, y.count == Self.integerByteCount else {
            throw .malformedKey("the coordinates of a P-256 key have 32 bytes each, these have \(x.count) and \(y.count)")
        }
        var point: [UInt8] = [0x04] + x + y
        ERR_clear_error()
        guard let pointer = unsafe cnet_p256_public_key(&point, 1 + 2 * Self.integerByteCount) else {
            throw .malformedKey(drainOpenSSLErrors())
        }
        try self.init(unsafe KeyHandle(owning: pointer))
    }

    init(_ handle: KeyHandle) throws(CryptoError) {
        try handle.expect(.p256)
        self.handle = handle
        verifying = try SignatureContext.verifying(with: handle, digest: "SHA256")
    }

    /// Whether `signature`, the 64 bytes r‖s of RFC 7518 section 3.4, is this key's signature of `message`; false for any other length.
    public func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        guard signature.count == Self.signatureByteCount else { return false }
        return verifying.verify(Self.derSignature(raw: signature), of: message)
    }

    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        unsafe verify(signature, of: message.span.bytes)
    }

    /// SubjectPublicKeyInfo.
    public func pem() throws(CryptoError) -> String {
        try handle.publicPEM()
    }

    /// `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3), at most 72 bytes, so each length takes one byte.
    private static func derSignature(raw: [UInt8]) -> [UInt8] {
        let body = derInteger(raw.prefix(integerByteCount)) + derInteger(raw.suffix(integerByteCount))
        return [0x30, UInt8(body.count)] + body
    }

    private static func derInteger(_ magnitude: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(magnitude.drop { $0 == 0 })
        // A set top bit would read as a negative number; zero has one digit.
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        return [0x02, UInt8(digits.count)] + digits
    }

    /// The way back, for signatures that OpenSSL just made.
    fileprivate static func rawSignature(der: [UInt8]) -> [UInt8]? {
        unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            guard let parsed = unsafe d2i_ECDSA_SIG(nil, &position, buffer.count) else { return nil }
            defer { unsafe ECDSA_SIG_free(parsed) }
            var raw = [UInt8](repeating: 0, count: signatureByteCount)
            let width = Int32(integerByteCount)
            let written = unsafe raw.withUnsafeMutableBufferPointer { output -> Bool in
                guard let start = output.baseAddress else { return false }
                return unsafe BN_bn2binpad(ECDSA_SIG_get0_r(parsed), start, width) == width
                    && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), start + integerByteCount, width) == width
            }
            return written ? raw : nil
        }
    }
}
