/// What one connection may use, in both roles, and why each number is what it is.
public struct Limits: Sendable, Hashable {
    /// Streams that a peer may have open at once (RFC 9113 §5.1.2). Envoy's advice for an edge, and gRPC's usual default.
    public var concurrentStreams: UInt32 = 100
    /// What a peer may send on one stream before we consume it. Sixteen frames of the default size.
    public var streamWindowBytes: Int32 = 256 * 1024
    /// The same for a connection; at least as large as a stream's, so that one slow stream cannot hold back the others.
    public var connectionWindowBytes: Int32 = 4 * 1024 * 1024
    /// Header fields of one request or reply, each counted as name + value + 32 (RFC 9113 §6.5.2). gRPC's default metadata budget.
    public var fieldBytes: Int = 8 * 1024
    /// How much of what cannot be written yet is taken from the session: sixteen TLS records keep the socket busy.
    public var outputBytes: Int = 256 * 1024
    /// From accept to the client's SETTINGS: a TLS handshake over a bad mobile link takes a few seconds at most.
    public var handshakeTimeout: Duration = .seconds(10)
    /// How long a closed connection may take to read our last bytes: a reset would destroy them.
    public var lingerTimeout: Duration = .seconds(1)
    /// How long a drained peer may take to answer the PING behind our first GOAWAY.
    public var goAwayTimeout: Duration = .seconds(1)
    /// Stream resets that a peer may send, and as many that it may make us send: this many at once, refilled at `resetsPerSecond`
    /// (CVE-2023-44487, CVE-2025-8671).
    public var resetBurst: UInt64 = 200
    public var resetsPerSecond: UInt64 = 20
    /// Entries in one SETTINGS frame; there are seven known ones.
    public var settingsPerFrame: Int = 32
    /// Acknowledgements that may wait for a peer who does not read (CVE-2019-9512, 9515).
    public var outboundAcknowledgements: Int = 128
    /// Frames other than bodies that may wait for a peer who does not read, before it is not read from either: 16 for each stream.
    public var queuedFrames: Int = 1_600
    /// How long a peer may take nothing of what waits for it (CVE-2019-9511, 9517). A mobile link comes back within that, or not at all.
    public var writeTimeout: Duration = .seconds(60)
    /// Reads from one connection in one turn, so that a fast peer cannot starve the others of its loop.
    public var readsPerTurn: Int = 4

    public init() {}

    public static let standard = Limits()

    /// Overheads of RFC 9113 §6.5.2 for each field.
    static let fieldOverheadBytes = 32
    /// How much of a field's name goes into an error message.
    static let quotedNameBytes = 256
    /// One request's field section beyond this multiple of `fieldBytes` ends the connection: HPACK turned 16 KiB into 49 MB when we tried.
    static let fieldBytesFatalMultiple = 16
    /// The longest piece that nghttp2 hands out at once: a frame's header of 9 bytes, a pad length and SETTINGS_MAX_FRAME_SIZE's default.
    static let sentFrameBytes = 9 + 1 + 16 * 1024
}
