internal import Crypto

/// Where a list goes on: the last lead of the page before.
struct PagePosition: Hashable, Sendable {
    let id: LeadID
    /// The lead's score then: the list may be sorted by it.
    let score: Int32
}

/// What a page token is good for: it opens with nothing else.
struct PageBinding: Hashable, Sendable {
    let tenant: String
    /// The request's filter and order, encoded.
    let query: [UInt8]
}

/// The word that leads from one page to the next: the position, and an HMAC-SHA256 over the position and the binding. Callers can
/// read it but not make one.
enum PageToken {
    static func seal(_ position: PagePosition, for binding: PageBinding, key: HMACSHA256) -> String {
        let payload = Array("\(position.score) \(position.id.text)".utf8)
        return Base64URL.encode(key.authenticate(sealed(payload, binding)) + payload)
    }

    /// Nil when the token was altered, or made for another tenant, filter or order.
    static func open(_ token: String, for binding: PageBinding, key: HMACSHA256) -> PagePosition? {
        guard token.utf8.count <= maximumBytes, let bytes = Base64URL.decode(token), bytes.count > HMACSHA256.tagByteCount else {
            return nil
        }
        let payload = Array(bytes[HMACSHA256.tagByteCount...])
        guard key.verify(Array(bytes[..<HMACSHA256.tagByteCount]), of: sealed(payload, binding)) else { return nil }
        let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let score = Int32(words[0]), let id = LeadID(String(words[1])) else { return nil }
        return PagePosition(id: id, score: score)
    }

    /// A token of ours has 96 characters at most; a longer one is not worth decoding.
    private static let maximumBytes = 128

    /// Each part with its length before it, so that no two bindings give the same bytes.
    private static func sealed(_ payload: [UInt8], _ binding: PageBinding) -> [UInt8] {
        var bytes = Array("switchboard.lead.v1 page 1".utf8)
        for part in [Array(binding.tenant.utf8), binding.query, payload] {
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: part.count >> (24 - 8 * $0)) }
            bytes += part
        }
        return bytes
    }
}
