/// The bounds of this module, each with its reason.
enum Limits {
    /// RFC 8446 section 5.1: a record carries at most 2^14 bytes of plaintext, and one `SSL_write` of no more makes exactly one record.
    static let recordPlaintextByteCount = 16_384
    /// The most that RFC 8446 section 5.2 adds to a record, rounded up: header, content type, authentication tag.
    static let recordOverheadByteCount = 32
    /// Holds a server's handshake flight.
    static let initialOutputByteCount = 4_096
    /// A drained output buffer larger than this is given back to the system, a smaller one to the thread's next connection: two full
    /// records and a little cover a busy connection's turn.
    static let retainedOutputByteCount = 36 * 1_024
    /// What an unauthenticated peer may make us hold for its certificate chain; real chains take 2 to 8 KiB, OpenSSL would allow 100.
    static let certificateChainByteCount = 32 * 1_024
    /// Intermediate authorities between a leaf and a root. Private hierarchies use one or two.
    static let chainDepth: Int32 = 4
    /// A file longer than this is no key and no certificate chain.
    static let pemFileByteCount = 1 << 20
    /// RFC 1035 section 2.3.4.
    static let hostNameByteCount = 253
}
