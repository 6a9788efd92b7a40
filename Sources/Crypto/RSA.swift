internal import CNet

/// A key that verifies RSA signatures over SHA-256 (RFC 8017). We sign with none: foreign issuers of tokens do.
public struct RSAPublicKey: Sendable {
    /// How a signature is padded.
    public enum Padding: Sendable, Hashable {
        /// RSASSA-PKCS1-v1_5, JWS's RS256 (RFC 7518 section 3.3).
        case pkcs1
        /// RSASSA-PSS with MGF1 over SHA-256 and a salt of 32 bytes, JWS's PS256 (RFC 7518 section 3.5).
        case pss
    }

    /// Of the modulus.
    public let bitCount: Int
    public let padding: Padding
    let handle: KeyHandle
    private let verifying: SignatureContext

    /// - Parameters:
    ///   - modulus: big-endian, as a JWK's `n` has it.
    ///   - exponent: big-endian, as a JWK's `e` has it.
    /// - Throws: ``CryptoError/malformedKey(_:)`` for a modulus of fewer than 2048 or more than 8192 bits, and for an exponent that is even,
    ///   less than 3 or longer than 8 bytes.
    public init(modulus: [UInt8], exponent: [UInt8], padding: Padding) throws(CryptoError) {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        let bitCount = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard Limits.rsaBits.contains(bitCount) else {
            throw .malformedKey(
                "an RSA key has \(Limits.rsaBits.lowerBound) to \(Limits.rsaBits.upperBound) bits, this one has \(bitCount)")
        }
        guard let last = exponent.last, last & 1 == 1, exponent != [1], exponent.count <= Limits.rsaExponentByteCount else {
            throw .malformedKey("an RSA exponent is odd, at least 3 and at most \(Limits.rsaExponentByteCount) bytes long")
        }
        ERR_clear_error()
        guard let pointer = unsafe cnet_rsa_public_key(modulus, modulus.count, exponent, exponent.count) else {
            throw .malformedKey(drainOpenSSLErrors())
        }
        let handle = unsafe KeyHandle(owning: pointer)
        self.handle = handle
        self.bitCount = bitCount
        self.padding = padding
        verifying = try SignatureContext.verifying(with: handle, digest: "SHA256", isPSS: padding == .pss)
    }

    /// Whether `signature` is this key's signature of `message`; false for one of another length than the modulus.
    public func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        signature.count == (bitCount + 7) / 8 && verifying.verify(signature, of: message)
    }

    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        unsafe verify(signature, of: message.span.bytes)
    }
}
