/// What one call may use, and why each number is what it is.
public struct Limits: Sendable, Hashable {
    /// One received message. gRPC's default everywhere.
    public var receivedMessageBytes = 4 * 1024 * 1024
    /// One sent message: what we would not accept ourselves we do not send.
    public var sentMessageBytes = 4 * 1024 * 1024
    /// Metadata of one request, its trailers and a reply's, each by itself (RFC 9113 §6.5.2 accounting). gRPC's default.
    public var metadataBytes = 8 * 1024
    /// Handlers of one connection that have not returned. Those of cancelled calls count until they do (CVE-2023-44487): nil is twice the
    /// streams that a connection may have open, so that nobody notices who lets them end.
    public var runningCallsPerConnection: Int?
    /// The same for the server: a handler that waits holds some KiB.
    public var runningCalls = 20_000
    /// Of these, a tenth at most, so many are for probes and for methods of the class `admin` only: who looks after a server that has all it
    /// can take still gets in.
    public var reservedCalls = 200
    /// A stream's unsent bytes above which `Outbound.send` waits for the peer.
    public var unsentBytes = 64 * 1024
    /// No call lasts longer, whatever its client asks, or if it names no deadline at all.
    public var longestTimeout: Duration = .seconds(24 * 3600)
    /// How long a client may take to fetch what was sent before a call was ended from outside of its handler.
    public var endGrace: Duration = .seconds(5)

    /// Connections to one address, when the streams of those there are run out (gRFC A105 has 1 by default, and 10 at most): with a
    /// server's usual limit, 400 calls at once.
    public var connectionsPerAddress = 4
    /// Calls that may wait for a connection or a stream; further ones fail. Each holds its request: more is a backlog nobody will wait for.
    public var waitingCalls = 10_000
    /// What a call has sent and may have to send again. gRPC's default; a call beyond it is not tried again.
    public var replayBytes = 256 * 1024
    /// The same for all calls of a channel.
    public var channelReplayBytes = 64 * 1024 * 1024
    /// Between two look-ups of one name. gRPC's default: what stands behind a name changes rarely, and a name server is not ours to burden.
    public var leastResolutionInterval: Duration = .seconds(30)
    /// No keepalive PING goes out after less silence (gRFC A8): servers take more for an attack.
    public var leastKeepaliveTime: Duration = .seconds(10)

    public init() {}

    public static let standard = Limits()

    /// A status message may take this share of the trailers; the details come before it when both do not fit.
    static let statusMessageBytes = 2 * 1024
    /// zlib's own compromise costs about three times as much as its fastest level, and saves a tenth.
    static let compressionLevel: Int32 = 1
    /// What is shorter hardly gets shorter, and fits into one packet as it is.
    static let packedMessageBytes = 1024
    /// What the standard library and malloc add to an array.
    static let arrayBytes = 48
    /// A reader's memory for what comes behind a message is kept for the next ones when it is no more than this.
    static let keptReaderBytes = 1024
    /// How much of a foreign HTTP body goes into an error message.
    static let quotedBodyBytes = 1024
    /// gRFC A6: no call is tried more often, whatever its policy says.
    static let retryAttempts = 5
    /// gRFC A61: how long an address may take before the next is tried beside it.
    static let attemptDelay: Duration = .milliseconds(250)
    /// Addresses of one name that are kept: more than that is a mistake, or an attack.
    static let addresses = 1_000
    /// Changes of state that wait for a listener who does not listen.
    static let unheardStates = 64
    /// After a source of credentials has failed, while the old ones still serve.
    static let renewalPause: Duration = .seconds(1)
    /// Methods of a channel whose requests' fields are kept: a program has a few dozen, unless it makes paths up.
    static let knownMethods = 256
    /// Failed addresses that one error's message names.
    static let namedFailures = 3
}
