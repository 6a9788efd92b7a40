/// What one call may use, and why each number is what it is.
public struct Limits: Sendable, Hashable {
    /// One received message. gRPC's default everywhere.
    public var receivedMessageBytes = 4 * 1024 * 1024
    /// One sent message: what we would not accept ourselves we do not send.
    public var sentMessageBytes = 4 * 1024 * 1024
    /// Metadata of one request, its trailers and a reply's, each by itself (RFC 9113 §6.5.2 accounting). gRPC's default.
    public var metadataBytes = 8 * 1024
    /// A stream's unsent bytes above which `Outbound.send` waits for the peer.
    public var unsentBytes = 64 * 1024
    /// No deadline is later, whatever its client asks. A client that names none may wait for ever.
    public var longestTimeout: Duration = .seconds(24 * 3600)

    public init() {}

    public static let standard = Limits()

    /// A status message may take this share of the trailers; the details come before it when both do not fit.
    static let statusMessageBytes = 2 * 1024
    /// zlib's own compromise costs about three times as much as its fastest level, and saves a tenth.
    static let compressionLevel: Int32 = 1
    /// What is shorter hardly gets shorter, and fits into one packet as it is.
    static let packedMessageBytes = 1024
    /// How much of a foreign HTTP body goes into an error message.
    static let quotedBodyBytes = 1024
}
