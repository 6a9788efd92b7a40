internal import CNet

/// A signing or verifying operation set up once for a key.
///
/// Setting up looks algorithms up by name in OpenSSL's tables; a copy of a prepared context does not. The original is only ever copied,
/// so that threads may share it.
@safe final class SignatureContext: @unchecked Sendable {
    private let prepared: OpaquePointer
    private let key: KeyHandle

    /// - Parameter digest: nil for an algorithm that hashes on its own, as Ed25519 does.
    static func signing(with key: KeyHandle, digest: String?) throws(CryptoError) -> SignatureContext {
        try unsafe SignatureContext(key, operation: "prepare signing") { context in
            unsafe EVP_DigestSignInit_ex(context, nil, digest, nil, nil, key.pointer, nil)
        }
    }

    static func verifying(with key: KeyHandle, digest: String?, isPSS: Bool = false) throws(CryptoError) -> SignatureContext {
        try unsafe SignatureContext(key, operation: "prepare verifying") { context in
            if isPSS { return unsafe cnet_verify_init_pss(context, key.pointer) }
            return unsafe EVP_DigestVerifyInit_ex(context, nil, digest, nil, nil, key.pointer, nil)
        }
    }

    private init(_ key: KeyHandle, operation: String, _ prepare: (OpaquePointer) -> Int32) throws(CryptoError) {
        ERR_clear_error()
        guard let context = unsafe EVP_MD_CTX_new() else { throw .operationFailed(operation, detail: drainOpenSSLErrors()) }
        guard unsafe prepare(context) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw .operationFailed(operation, detail: drainOpenSSLErrors())
        }
        unsafe prepared = context
        self.key = key
    }

    deinit {
        unsafe EVP_MD_CTX_free(prepared)
    }

    func sign(_ message: RawSpan) throws(CryptoError) -> [UInt8] {
        try unsafe withCopy { (context) throws(CryptoError) -> [UInt8] in
            var signature = [UInt8](repeating: 0, count: Int(unsafe EVP_PKEY_get_size(key.pointer)))
            var count = signature.count
            let signed = unsafe message.withUnsafeBytes { input in
                unsafe EVP_DigestSign(context, &signature, &count, input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count)
            }
            guard signed == 1 else { throw .operationFailed("sign", detail: drainOpenSSLErrors()) }
            signature.removeLast(signature.count - count)
            return signature
        }
    }

    func verify(_ signature: [UInt8], of message: RawSpan) -> Bool {
        let verdict = try? unsafe withCopy { (context) throws(CryptoError) -> Bool in
            unsafe message.withUnsafeBytes { input in
                unsafe EVP_DigestVerify(
                    context, signature, signature.count, input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count) == 1
            }
        }
        // A bad signature leaves its reason in the thread's queue, where the next TLS call must not find it.
        ERR_clear_error()
        return verdict ?? false
    }

    private func withCopy<Result>(_ body: (OpaquePointer) throws(CryptoError) -> Result) throws(CryptoError) -> Result {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .operationFailed("make a context", detail: drainOpenSSLErrors()) }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_MD_CTX_copy_ex(context, prepared) == 1 else {
            throw .operationFailed("copy a context", detail: drainOpenSSLErrors())
        }
        return try unsafe body(context)
    }
}
