internal import Crypto

/// The word that leads from one page to the next: the id of the last job, and an HMAC-SHA256 over it, the tenant and the request. Callers can
/// read it but not make one, and it opens with nothing else.
struct PageToken {
    let key: HMACSHA256
    let tenant: String
    /// The request without what may differ from page to page.
    let query: [UInt8]

    func seal(_ last: UUIDv7) -> String {
        Base64URL.encode(key.authenticate(sealed(last)) + last.bytes)
    }

    /// Nil when it was altered, or made for another tenant or request.
    func open(_ text: String) -> UUIDv7? {
        guard text.utf8.count <= Self.maximumBytes, let bytes = Base64URL.decode(text), bytes.count > HMACSHA256.tagByteCount,
            let last = UUIDv7(bytes: Array(bytes[HMACSHA256.tagByteCount...])),
            key.verify(Array(bytes[..<HMACSHA256.tagByteCount]), of: sealed(last))
        else { return nil }
        return last
    }

    /// 48 bytes are 64 characters; a longer one is not worth decoding.
    private static let maximumBytes = 64

    /// Each part with its length before it, so that no two give the same bytes.
    private func sealed(_ last: UUIDv7) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [Array(tenant.utf8), query, last.bytes] {
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (24 - 8 * $0)) }
            bytes += part
        }
        return bytes
    }
}
