internal import CNet

/// OpenSSL's memory BIO, for reading PEM blocks out of bytes and writing them into bytes.
@safe struct PEMText: ~Copyable {
    let bio: OpaquePointer

    /// Holds a copy of `bytes`, to be read.
    static func reading(_ bytes: [UInt8], expecting kind: String) throws(CryptoError) -> PEMText {
        guard !bytes.isEmpty, bytes.count <= Limits.pemByteCount else {
            throw .malformedPEM(expected: kind, detail: bytes.isEmpty ? "the text is empty" : "the text is over 1 MiB")
        }
        let text = PEMText()
        guard unsafe BIO_write(text.bio, bytes, Int32(bytes.count)) == Int32(bytes.count) else {
            throw .operationFailed("fill a buffer", detail: drainOpenSSLErrors())
        }
        return text
    }

    /// What `body` wrote.
    static func writing(_ body: (borrowing PEMText) -> Bool) throws(CryptoError) -> [UInt8] {
        let text = PEMText()
        guard body(text) else { throw .operationFailed("write PEM", detail: drainOpenSSLErrors()) }
        var contents: UnsafeMutablePointer<CChar>?
        let count = unsafe cnet_bio_contents(text.bio, &contents)
        return unsafe [UInt8](UnsafeRawBufferPointer(start: contents, count: max(0, count)))
    }

    private init() {
        ERR_clear_error()
        guard let bio = unsafe BIO_new(BIO_s_mem()) else {
            fatalError("OpenSSL could not make a buffer: \(drainOpenSSLErrors())")
        }
        unsafe self.bio = bio
    }

    deinit {
        unsafe BIO_free(bio)
    }
}
