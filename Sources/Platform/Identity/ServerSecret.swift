internal import Crypto

/// A secret that all servers of one deployment share, from which each use has a key of its own (HKDF-Expand's first block, RFC 5869
/// section 2.3): whoever learns one key learns no other.
public struct ServerSecret: Sendable {
    private let bytes: [UInt8]

    /// - Parameter bytes: at least 32, random. Nil when there are fewer.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= 32 else { return nil }
        self.bytes = bytes
    }

    /// 32 bytes.
    /// - Parameter purpose: names the use and its version: `switchboard.lead.v1 page token 1`.
    public func key(for purpose: String) -> [UInt8] {
        HMACSHA256(key: bytes).authenticate(Array(purpose.utf8) + [1])
    }
}
