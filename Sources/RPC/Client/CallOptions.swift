/// How one call of a client is made.
public struct CallOptions: Sendable {
    /// Sent beside the messages.
    public var metadata: Metadata
    /// From now until the call must be done, all waiting and all attempts included; nil for what the method's policy names, or else to wait
    /// for ever. In the handler of a call that
    /// has a deadline, that deadline holds when it is earlier.
    public var timeout: Duration?
    /// Told of the reply's metadata, and of its trailers, as they come.
    public var received: (@Sendable (ReplyPart) -> Void)?
    /// Wait while the channel has no connection, instead of failing as soon as an attempt to connect has failed.
    public var waitsForReady = false
    /// Take neither the deadline nor the cancellation of the call that this one is made in (`CallContext`).
    public var isDetached = false
    /// How requests are packed, in place of the channel's way.
    public var compression: Compression?
    /// Whether requests are packed, in a call that packs any: nil, which is the default, packs those that are long enough.
    public var compressesRequests: Bool?
    /// In place of the channel's.
    public var credentials: (any CallCredentials)?
    /// In place of the channel's, whatever the method's policy says of repetitions.
    public var retryPolicy: RetryPolicy?

    public init(metadata: Metadata = Metadata(), timeout: Duration? = nil, received: (@Sendable (ReplyPart) -> Void)? = nil) {
        self.metadata = metadata
        self.timeout = timeout
        self.received = received
    }

    /// What a reply has beside its messages.
    public enum ReplyPart: Sendable {
        case metadata(Metadata)
        case trailers(Metadata)
        /// A reply that had come compressed was taken.
        case compressedReply
    }
}
