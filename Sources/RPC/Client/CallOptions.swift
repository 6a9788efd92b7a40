/// How one call of a client is made.
public struct CallOptions: Sendable {
    /// Sent beside the messages.
    public var metadata: Metadata
    /// From now until the call must be done; nil to wait for ever.
    public var timeout: Duration?
    /// Told of the reply's metadata, and of its trailers, as they come.
    public var received: (@Sendable (ReplyPart) -> Void)?

    public init(metadata: Metadata = Metadata(), timeout: Duration? = nil, received: (@Sendable (ReplyPart) -> Void)? = nil) {
        self.metadata = metadata
        self.timeout = timeout
        self.received = received
    }

    /// What a reply has beside its messages.
    public enum ReplyPart: Sendable {
        case metadata(Metadata)
        case trailers(Metadata)
    }
}
