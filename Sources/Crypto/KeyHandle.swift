internal import CNet

/// Owns one EVP_PKEY, which is never changed after it was made, so that all threads may use it.
@safe package final class KeyHandle: @unchecked Sendable {
    package enum Kind: String, Sendable {
        case ed25519 = "Ed25519"
        case p256 = "ECDSA P-256"
    }

    package let pointer: OpaquePointer

    /// Takes over the reference.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    static func generate(_ kind: Kind) -> KeyHandle {
        let made =
            switch kind {
            case .ed25519: unsafe cnet_generate_ed25519()
            case .p256: unsafe cnet_generate_p256()
            }
        guard let pointer = unsafe made else { fatalError("OpenSSL could not make an \(kind.rawValue) key: \(drainOpenSSLErrors())") }
        return unsafe KeyHandle(owning: pointer)
    }

    package static func privateKey(pem: [UInt8]) throws(CryptoError) -> KeyHandle {
        let text = try PEMText.reading(pem, expecting: "PRIVATE KEY")
        guard let pointer = unsafe cnet_pem_read_private_key(text.bio) else {
            let detail = drainOpenSSLErrors()
            if detail.contains("bad password read") || detail.contains("interrupted or cancelled") { throw .encryptedKey }
            throw .malformedPEM(expected: "PRIVATE KEY", detail: detail)
        }
        return unsafe KeyHandle(owning: pointer)
    }

    static func publicKey(pem: [UInt8]) throws(CryptoError) -> KeyHandle {
        let text = try PEMText.reading(pem, expecting: "PUBLIC KEY")
        guard let pointer = unsafe cnet_pem_read_public_key(text.bio) else {
            throw .malformedPEM(expected: "PUBLIC KEY", detail: drainOpenSSLErrors())
        }
        return unsafe KeyHandle(owning: pointer)
    }

    /// Nil for a type of key that we do not use.
    var kind: Kind? {
        if unsafe EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
        guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1 else { return nil }
        return curveName == "prime256v1" ? .p256 : nil
    }

    func expect(_ expected: Kind) throws(CryptoError) {
        guard kind == expected else { throw .wrongKeyType(expected: expected.rawValue, found: typeName) }
    }

    /// Whether both are the same public key.
    func isSame(as other: KeyHandle) -> Bool {
        let isSame = unsafe EVP_PKEY_eq(pointer, other.pointer) == 1
        ERR_clear_error()
        return isSame
    }

    package func belongs(to certificate: Certificate) -> Bool {
        let matches = unsafe X509_check_private_key(certificate.pointer, pointer) == 1
        ERR_clear_error()
        return matches
    }

    private var typeName: String {
        let family = unsafe cnet_pkey_type_name(pointer).map { unsafe String(cString: $0) } ?? "unknown"
        return curveName.map { "\(family) on curve \($0)" } ?? family
    }

    private var curveName: String? {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return nil }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// PKCS#8, unencrypted.
    func privatePEM() throws(CryptoError) -> String {
        let bytes = try PEMText.writing { text in
            unsafe PEM_write_bio_PKCS8PrivateKey(text.bio, pointer, nil, nil, 0, nil, nil) == 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// SubjectPublicKeyInfo.
    func publicPEM() throws(CryptoError) -> String {
        let bytes = try PEMText.writing { text in unsafe PEM_write_bio_PUBKEY(text.bio, pointer) == 1 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The key's public half as a key of its own.
    func publicHalf() throws(CryptoError) -> KeyHandle {
        try KeyHandle.publicKey(pem: Array(publicPEM().utf8))
    }
}
