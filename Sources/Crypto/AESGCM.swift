internal import CNet

/// AES-256-GCM (NIST SP 800-38D): keeps bytes secret, and notices when they, or others that belong to them, are changed.
///
/// A nonce is used once under a key: two messages under one nonce give both away, and the key's authentication with them. Random ones are
/// good for 2^32 messages under one key (section 8.3).
public struct AESGCM: Sendable {
    public static let keyByteCount = 32
    public static let nonceByteCount = 12
    public static let tagByteCount = 16

    private let key: [UInt8]

    /// - Throws: `malformedKey` for one that has not 32 bytes.
    public init(key: [UInt8]) throws(CryptoError) {
        guard key.count == Self.keyByteCount else { throw .malformedKey("it has \(key.count) bytes, not \(Self.keyByteCount)") }
        self.key = key
    }

    /// The ciphertext, as long as `plaintext`, and behind it the 16 bytes of the tag.
    ///
    /// - Parameters:
    ///   - nonce: 12 bytes.
    ///   - context: what is authenticated with it and not kept in it; to open, the same bytes are needed.
    public func seal(_ plaintext: [UInt8], nonce: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
        try Self.check(plaintext, nonce, context)
        let operation = Operation(encrypts: true)
        try operation.begin(key: key, nonce: nonce)
        try operation.take(context)
        var sealed = try operation.update(plaintext)
        try operation.finish()
        sealed += try operation.tag()
        return sealed
    }

    /// - Throws: `authenticationFailed`, whatever it is that differs.
    public func open(_ sealed: [UInt8], nonce: [UInt8], context: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard sealed.count >= Self.tagByteCount else { throw .authenticationFailed }
        try Self.check(sealed, nonce, context)
        let operation = Operation(encrypts: false)
        try operation.begin(key: key, nonce: nonce)
        try operation.take(context)
        let plaintext = try operation.update(Array(sealed.dropLast(Self.tagByteCount)))
        try operation.expect(tag: Array(sealed.suffix(Self.tagByteCount)))
        do {
            try operation.finish()
        } catch {
            throw .authenticationFailed
        }
        return plaintext
    }

    private static func check(_ text: [UInt8], _ nonce: [UInt8], _ context: [UInt8]) throws(CryptoError) {
        guard nonce.count == nonceByteCount else { throw .malformedKey("the nonce has \(nonce.count) bytes, not \(nonceByteCount)") }
        // OpenSSL counts in Int32.
        guard text.count <= Limits.sealedByteCount, context.count <= Limits.sealedByteCount else {
            throw .operationFailed("seal or open", detail: "there are over \(Limits.sealedByteCount) bytes")
        }
    }

    /// One message under way in OpenSSL.
    @safe private struct Operation: ~Copyable {
        private let context: OpaquePointer
        private let encrypts: Bool

        init(encrypts: Bool) {
            guard let context = unsafe EVP_CIPHER_CTX_new() else {
                fatalError("OpenSSL could not make a cipher context: \(drainOpenSSLErrors())")
            }
            unsafe self.context = context
            self.encrypts = encrypts
        }

        deinit {
            // Forgets the expanded key, too.
            unsafe EVP_CIPHER_CTX_free(context)
        }

        /// The cipher's own length of the nonce is the 12 bytes that we use.
        func begin(key: [UInt8], nonce: [UInt8]) throws(CryptoError) {
            guard unsafe EVP_CipherInit_ex2(context, AESGCM.algorithm.pointer, key, nonce, encrypts ? 1 : 0, nil) == 1 else {
                throw .operationFailed("key AES-256-GCM", detail: drainOpenSSLErrors())
            }
        }

        func take(_ bytes: [UInt8]) throws(CryptoError) {
            if bytes.isEmpty { return }
            var written: Int32 = 0
            guard unsafe EVP_CipherUpdate(context, nil, &written, bytes, Int32(bytes.count)) == 1 else {
                throw .operationFailed("authenticate", detail: drainOpenSSLErrors())
            }
        }

        func update(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
            if bytes.isEmpty { return [] }
            var output = [UInt8](repeating: 0, count: bytes.count)
            var written: Int32 = 0
            guard unsafe EVP_CipherUpdate(context, &output, &written, bytes, Int32(bytes.count)) == 1, Int(written) == bytes.count else {
                throw .operationFailed(encrypts ? "encrypt" : "decrypt", detail: drainOpenSSLErrors())
            }
            return output
        }

        func expect(tag: [UInt8]) throws(CryptoError) {
            var tag = tag
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1 else {
                throw .operationFailed("set the tag", detail: drainOpenSSLErrors())
            }
        }

        func finish() throws(CryptoError) {
            var none = [UInt8](repeating: 0, count: 16)
            var written: Int32 = 0
            guard unsafe EVP_CipherFinal_ex(context, &none, &written) == 1 else {
                throw .operationFailed("finish AES-256-GCM", detail: drainOpenSSLErrors())
            }
        }

        func tag() throws(CryptoError) -> [UInt8] {
            var tag = [UInt8](repeating: 0, count: AESGCM.tagByteCount)
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1 else {
                throw .operationFailed("take the tag", detail: drainOpenSSLErrors())
            }
            return tag
        }
    }

    private static let algorithm = FetchedCipher("AES-256-GCM")
}

@safe private struct FetchedCipher: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ name: String) {
        guard let pointer = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
            fatalError("OpenSSL offers no \(name): \(drainOpenSSLErrors())")
        }
        unsafe self.pointer = pointer
    }
}
