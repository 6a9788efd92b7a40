internal import CNet

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    public static let digestByteCount = 32

    /// The 32 bytes of the digest.
    public static func digest(_ bytes: RawSpan) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: digestByteCount) { output, count in
                var written: UInt32 = 0
                let done = unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, &written, algorithm.pointer, nil)
                guard done == 1 else { fatalError("OpenSSL could not compute a SHA-256: \(drainOpenSSLErrors())") }
                count = Int(written)
            }
        }
    }

    /// The 32 bytes of the digest.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        unsafe digest(bytes.span.bytes)
    }

    /// Fetched once: OpenSSL 3.0 takes longer to look an algorithm up by name than to hash a short message.
    static let algorithm: FetchedDigest = FetchedDigest("SHA256")
}

/// A digest algorithm of OpenSSL that lives as long as the process; it is immutable, so that all threads may use it.
@safe struct FetchedDigest: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ name: String) {
        guard let pointer = unsafe EVP_MD_fetch(nil, name, nil) else {
            fatalError("OpenSSL offers no \(name): \(drainOpenSSLErrors())")
        }
        unsafe self.pointer = pointer
    }
}
