internal import CNet

/// HMAC-SHA256 (RFC 2104, RFC 4231) under one key.
///
/// Make it once per key: the key's inner and outer blocks are hashed at `init`, and each message starts from a copy of that state.
@safe public final class HMACSHA256: @unchecked Sendable {
    public static let tagByteCount = 32

    /// Initialised with the key and never fed: it is only ever copied, so that threads may share it.
    private let keyed: OpaquePointer

    public init(key: [UInt8]) {
        guard let context = unsafe EVP_MAC_CTX_new(Self.algorithm.pointer) else {
            fatalError("OpenSSL could not make an HMAC context: \(drainOpenSSLErrors())")
        }
        // OpenSSL takes a null key for "keep the one you have", so an empty key still needs an address.
        let bytes = key.isEmpty ? [0] : key
        let begun = unsafe cnet_hmac_sha256_init(context, bytes, key.count)
        guard begun == 1 else { fatalError("OpenSSL could not key an HMAC: \(drainOpenSSLErrors())") }
        unsafe keyed = context
    }

    deinit {
        unsafe EVP_MAC_CTX_free(keyed)
    }

    /// The 32 bytes of the message's tag.
    public func authenticate(_ message: RawSpan) -> [UInt8] {
        guard let context = unsafe EVP_MAC_CTX_dup(keyed) else {
            fatalError("OpenSSL could not copy an HMAC context: \(drainOpenSSLErrors())")
        }
        defer { unsafe EVP_MAC_CTX_free(context) }
        return unsafe message.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: Self.tagByteCount) { output, count in
                let fed = unsafe EVP_MAC_update(context, input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count)
                guard fed == 1, unsafe EVP_MAC_final(context, output.baseAddress, &count, output.count) == 1 else {
                    fatalError("OpenSSL could not compute an HMAC: \(drainOpenSSLErrors())")
                }
            }
        }
    }

    /// The 32 bytes of the message's tag.
    public func authenticate(_ message: [UInt8]) -> [UInt8] {
        unsafe authenticate(message.span.bytes)
    }

    /// Whether `tag` is the message's tag; takes the same time wherever they differ.
    public func verify(_ tag: [UInt8], of message: [UInt8]) -> Bool {
        constantTimeEquals(tag, authenticate(message))
    }

    private static let algorithm: FetchedMAC = FetchedMAC("HMAC")
}

@safe private struct FetchedMAC: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ name: String) {
        guard let pointer = unsafe EVP_MAC_fetch(nil, name, nil) else {
            fatalError("OpenSSL offers no \(name): \(drainOpenSSLErrors())")
        }
        unsafe self.pointer = pointer
    }
}
