/// Every bound of this module, in one place, with its reason.
enum Limits {
    /// A token longer than this is not looked at. Ours have at most ``tokenBytesWeMake``; other issuers add claims, hardly ever 8 KiB.
    static let tokenBytes = 8_192

    /// HPACK-decoding a token costs with its length, on every call: ours stay under this.
    static let tokenBytesWeMake = 400

    /// `{"cnf": {"x5t#S256": …}}` has depth two; nothing that we read is deeper, and the reader recurses.
    static let tokenDepth = 8

    /// A token that lives longer than this is refused however well it is signed: its loss would cost too much.
    static let tokenLifetimeSeconds: Int64 = 15 * 60

    /// Clocks of two machines may differ by this much.
    static let clockSkewSeconds: Int64 = 60

    /// Tokens that one loop remembers as verified. About 1 KiB each.
    static let verifiedTokensPerLoop = 4_096

    /// `kid`, an opaque name in a table of keys.
    static let keyIDBytes = 64

    /// `sub`: it goes into audit rows and log lines.
    static let subjectBytes = 128

    /// `tid` and the service name of a certificate: one DNS label, since they become parts of names.
    static let labelBytes = 63

    /// An `idempotency-key`: 8 characters make an accident unlikely, 64 hold a UUID and a prefix.
    static let idempotencyKeyCharacters = 8...64

    /// Log lines that wait for their reader; more are dropped, since a log must not be what ends a server.
    static let logBytesWaiting = 1 << 20

    /// Events that are read at once: a page takes milliseconds, and a transaction of that length holds nobody up.
    static let outboxPage = 500

    /// Events are kept for this long after they were read by all who must: for those who look for what went wrong yesterday.
    static let outboxRetentionSeconds: Int64 = 24 * 3_600

    /// Events that are removed at once, for the same reason as above.
    static let outboxPurge = 5_000
}
