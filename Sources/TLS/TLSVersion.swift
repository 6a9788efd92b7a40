/// A version of the protocol.
public enum TLSVersion: Sendable {
    /// RFC 5246, with ephemeral keys and authenticated encryption only: what RFC 9113 section 9.2.2 leaves of it.
    case tls12
    /// RFC 8446.
    case tls13
}
