public import Crypto

/// The word that leads from one page to the next: the key of the last row, and an HMAC-SHA256 over it, the tenant and the request. Callers can
/// read it but not make one, and it opens with nothing else.
public struct PageToken: Sendable {
    private let key: HMACSHA256
    private let tenant: String
    private let query: [UInt8]

    /// - Parameters:
    ///   - key: the same on all servers that serve the same callers.
    ///   - query: the request without what may differ from page to page.
    public init(key: HMACSHA256, tenant: String, query: [UInt8]) {
        self.key = key
        self.tenant = tenant
        self.query = query
    }

    public func seal(_ last: UUIDv7) -> String { seal(last.bytes) }

    public func seal(_ last: String) -> String { seal(Array(last.utf8)) }

    /// Nil when it was altered, or made for another tenant or request.
    public func open(_ text: String) -> UUIDv7? { open(text).flatMap { UUIDv7(bytes: $0) } }

    public func openText(_ text: String) -> String? { open(text).flatMap { String(validating: $0, as: UTF8.self) } }

    private func seal(_ last: [UInt8]) -> String {
        Base64URL.encode(key.authenticate(sealed(last)) + last)
    }

    private func open(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= Self.maximumBytes, let bytes = Base64URL.decode(text), bytes.count > HMACSHA256.tagByteCount else {
            return nil
        }
        let last = Array(bytes[HMACSHA256.tagByteCount...])
        return key.verify(Array(bytes[..<HMACSHA256.tagByteCount]), of: sealed(last)) ? last : nil
    }

    /// The names of a principal, and the tag; a longer one is not worth decoding.
    private static let maximumBytes = 512

    /// Each part with its length before it, so that no two give the same bytes.
    private func sealed(_ last: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [Array(tenant.utf8), query, last] {
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (24 - 8 * $0)) }
            bytes += part
        }
        return bytes
    }
}
