/// What one connection may use, in both roles, and why each number is what it is.
public struct Limits: Sendable, Hashable {
    /// Streams that a peer may have open at once (RFC 9113 §5.1.2). Envoy's advice for an edge, and gRPC's usual default.
    public var concurrentStreams: UInt32 = 100
    /// What a peer may send on one stream before we consume it. Sixteen frames of the default size.
    public var streamWindowBytes: Int32 = 256 * 1024
    /// The same for a connection; at least as large as a stream's, so that one slow stream cannot hold back the others.
    public var connectionWindowBytes: Int32 = 4 * 1024 * 1024
    /// Messages longer than their stream's window that one connection may have on their way at once, whose windows are opened before
    /// anybody can take them: four of gRPC's longest. Further ones wait, each with a closed window, and are never refused; a single one may
    /// be longer. With the windows of all its streams, what is incomplete on a connection takes at most 41 MiB.
    public var longMessageBytes: Int = 16 * 1024 * 1024
    /// Bodies that have come on all connections of a server and that no handler has taken, beside those messages that came in one frame
    /// each: a small machine has room for that. Above it, streams with more to hold end, but on connections that hold a frame or two.
    public var serverBodyBytes: Int = 512 * 1024 * 1024
    /// The same of one connection: thirty of gRPC's longest messages that nobody reads. Handlers that read hold none.
    public var connectionBodyBytes: Int = 128 * 1024 * 1024
    /// Header fields of one request or reply, each counted as name + value + 32 (RFC 9113 §6.5.2). gRPC's default metadata budget.
    public var fieldBytes: Int = 8 * 1024
    /// How much of what cannot be written yet is taken from the session: sixteen TLS records keep the socket busy.
    public var outputBytes: Int = 256 * 1024
    /// Connections of a server that have not come as far as the client's SETTINGS; further ones are closed at once. Each costs 20 KiB and a
    /// signature, and honest ones take a second: more than a core can sign in that time need not wait.
    public var handshakes: Int = 2_000
    /// Connections of a server from one IPv4 address, or from one network of 2⁶⁴ IPv6 addresses; further ones are closed at once. Whole
    /// offices, and the subscribers of a mobile network, share one. Nil for any number.
    public var connectionsPerAddress: Int? = 1_000
    /// The same from this machine, where proxies and tests are many at one address. Unix sockets have no such limit.
    public var connectionsPerLoopbackAddress: Int?
    /// Those of them that have not completed the handshake: nobody fills all the places for these from one address alone, nor from three. Honest
    /// ones take a second, so that an office that comes back from a power failure waits for its client's next attempt. Nil for any number.
    public var handshakesPerAddress: Int? = 500
    /// TLS handshakes of one address that may fail or never end; while there are as many, further connections are closed at once, and those that
    /// stand go on. One that succeeds takes back one that failed. Each that fails costs us up to a millisecond: five a second are nothing, and as
    /// many as a dozen clients with an expired certificate make of it. Nil for any number.
    public var failedHandshakesPerAddress: Rate? = Rate(burst: 200, perSecond: 5)
    /// The same from this machine: a proxy there has everybody's failures.
    public var failedHandshakesPerLoopbackAddress: Rate?
    /// From accept to the client's SETTINGS: a TLS handshake over a bad mobile link takes a few seconds at most.
    public var handshakeTimeout: Duration = .seconds(10)
    /// From the first piece of a header section to its last, and from our SETTINGS to their acknowledgement: both are one packet's work.
    public var fieldsTimeout: Duration = .seconds(10)
    public var settingsTimeout: Duration = .seconds(10)
    /// How long a closed connection may take to read our last bytes: a reset would destroy them.
    public var lingerTimeout: Duration = .seconds(1)
    /// How long a drained peer may take to answer the PING behind our first GOAWAY.
    public var goAwayTimeout: Duration = .seconds(1)
    /// Stream resets that a peer may send, and as many that it may make us send, without a call that ended well in between
    /// (CVE-2023-44487, CVE-2025-8671): whoever cancels all that it has open, and all it opens then, is not cut off.
    public var resets = Rate(burst: 200, perSecond: 20)
    /// Pings (CVE-2019-9512). gRPC's bandwidth probes are at most one for each frame that we send, and each of those earns one.
    public var pings = Rate(burst: 100, perSecond: 10)
    /// SETTINGS frames (CVE-2019-9515): a client sends one, and gRPC's some more while they tune their windows.
    public var settings = Rate(burst: 50, perSecond: 5)
    /// Entries in one SETTINGS frame; there are seven known ones.
    public var settingsPerFrame: Int = 32
    /// PRIORITY and PRIORITY_UPDATE frames (CVE-2019-9513), which are not heeded: a browser sends one or two for each request.
    public var priorities = Rate(burst: 200, perSecond: 20)
    /// WINDOW_UPDATE frames. Each HEADERS or DATA frame that we send earns four.
    public var windowUpdates = Rate(burst: 2_000, perSecond: 200)
    /// DATA frames with less than the prefix of a message in them, and no end (CVE-2019-9518): none of gRPC's libraries sends many.
    public var emptyData = Rate(burst: 1_000, perSecond: 100)
    /// Frames of types that mean nothing to us (RFC 9113 §5.5 has them ignored): GREASE sends one now and then.
    public var unknownFrames = Rate(burst: 100, perSecond: 10)
    /// Pieces behind the first of one header section (CVE-2024-28182): nine frames of 16 KiB are far beyond `fieldBytes`.
    public var continuations: Int = 8
    /// Acknowledgements that may wait for a peer who does not read (CVE-2019-9512, 9515).
    public var outboundAcknowledgements: Int = 128
    /// Frames other than bodies that may wait for a peer who does not read, before it is not read from either: 16 for each stream.
    public var queuedFrames: Int = 1_600
    /// How long a peer may take nothing of what waits for it (CVE-2019-9511, 9517). A mobile link comes back within that, or not at all.
    public var writeTimeout: Duration = .seconds(60)
    /// How long a peer may give no window to a stream that has something to send, and how long it may send nothing of a message that
    /// it has begun or owes: a subscriber that is paused is back within that, and what its streams hold is then free for others.
    public var streamTimeout: Duration = .seconds(60)
    /// Reads from one connection in one turn, so that a fast peer cannot starve the others of its loop.
    public var readsPerTurn: Int = 4

    // What a client's keepalive may be, and what ours is (gRFC A8, A9). All numbers are gRPC's own defaults.

    /// Pings that come faster are strikes; the third in a row without a frame of ours in between ends the connection.
    public var permittedPingInterval: Duration = .seconds(5 * 60)
    /// The same while no call is open, unless `permitsPingsWithoutCalls`.
    public var permittedIdlePingInterval: Duration = .seconds(2 * 3_600)
    public var permitsPingsWithoutCalls = false
    /// When a server asks whether a silent client lives.
    public var keepalive = Keepalive.Policy(time: .seconds(2 * 3_600), timeout: .seconds(20), permitsWithoutStreams: true)
    /// A connection without a call for this long is drained; nil for never.
    public var connectionIdle: Duration? = .seconds(30 * 60)
    /// A connection of this age, give or take a tenth, is drained, so that its client connects anew: perhaps elsewhere, and by today's
    /// certificates. Nil for never.
    public var connectionAge: Duration?
    /// How long its calls may take to end after that; nil for as long as they like.
    public var connectionAgeGrace: Duration?
    /// How often all these times are looked at. Each is a rough one; a timer for each would cost every call.
    public var sweepInterval: Duration = .seconds(1)

    public init() {}

    public static let standard = Limits()

    /// What newcomers may take of one turn of a loop, two or three TLS handshakes: calls wait no longer than that.
    static let handshakeTurn: Duration = .milliseconds(1)
    /// A connection whose bytes took longer to serve, while others were waiting, is not read from for as long again, so that it has no more
    /// than half of its loop, whatever its messages cost: a few kilobytes can unpack to megabytes. Two full connections' calls take less.
    static let longTurn: Duration = .milliseconds(1)
    static let longestRest: Duration = .seconds(1)
    /// What is shorter is no such thing: it is not worth a look at the clock.
    static let shortReadBytes = 1024
    /// Addresses whose failed handshakes are counted at once, in some MiB; those of further ones have the other limits only.
    static let failingAddresses = 100_000
    /// How often all of these are looked at for those that can be forgotten: it takes a millisecond.
    static let failingAddressesSweep: Duration = .seconds(1)
    /// Overheads of RFC 9113 §6.5.2 for each field.
    static let fieldOverheadBytes = 32
    /// A secret of so many bytes is nobody's password: 256 bits in base64 have 43.
    static let unguessableBytes = 43
    /// A connection that holds no more of bodies than this loses no stream for what others hold.
    static let sparedBodyBytes = 64 * 1024
    /// How much of a field's name goes into an error message.
    static let quotedNameBytes = 256
    /// One request's field section beyond this multiple of `fieldBytes` ends the connection: HPACK turned 16 KiB into 49 MB when we tried.
    static let fieldBytesFatalMultiple = 16
    /// What is read and thrown away behind a violation, so that its peer may learn of it. Who sends more does not listen.
    static let violatorLingerBytes = 256 * 1024
    /// What a proxy may write behind the fixed part of its header: addresses have 36 bytes, and what proxies tell of certificates and networks
    /// beside them comes to hundreds. The protocol would allow 64 KiB.
    static let proxyHeaderBytes = 4096
    /// Ended streams that a loop keeps for the next ones, at some 200 bytes each: those of two full connections.
    static let spareStreams = 256
    /// The longest piece that nghttp2 hands out at once: a frame's header of 9 bytes, a pad length and SETTINGS_MAX_FRAME_SIZE's default.
    static let sentFrameBytes = 9 + 1 + 16 * 1024
}

extension Limits {
    /// So many at once, and so many each second.
    public struct Rate: Sendable, Hashable {
        public var burst: UInt64
        public var perSecond: UInt64

        public init(burst: UInt64, perSecond: UInt64) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }
}
