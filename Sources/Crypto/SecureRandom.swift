internal import CNet

/// Bytes that nobody can predict, from OpenSSL's generator, which the kernel seeds.
public struct SecureRandom: RandomNumberGenerator, Sendable {
    public init() {}

    public static func bytes(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
            written = count
        }
    }

    static func words(_ count: Int) -> [UInt64] {
        unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, written in
            unsafe fill(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
            written = count
        }
    }

    public mutating func next() -> UInt64 {
        var word: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &word) { unsafe Self.fill($0) }
        return word
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        // Without randomness no key, id or nonce can be trusted: there is nothing better to do than to stop.
        guard unsafe RAND_bytes_ex(nil, start.assumingMemoryBound(to: UInt8.self), buffer.count, 0) == 1 else {
            fatalError("OpenSSL has no randomness: \(drainOpenSSLErrors())")
        }
    }
}
