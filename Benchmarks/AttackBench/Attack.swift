/// What one hostile client does to a server, over and over: bytes that are made for each round, on as many connections as it takes.
public struct Attack: Sendable {
    public let name: String
    /// What it is known as.
    public let about: String
    /// At once; each is opened anew when the server has closed it.
    public let connections: Int
    /// Whether it reads what the server says.
    public let reads: Bool
    /// Begins with the preface and SETTINGS; without, what the rounds bring is all.
    public let greets: Bool
    /// After SETTINGS.
    let opening: [UInt8]
    /// Whether a connection is closed behind its last round, and not kept.
    let hangsUp: Bool
    /// Not before the server has said something.
    let awaitsWord: Bool
    /// Streams whose end the next round waits for.
    let awaitedEnds: Int
    /// The bytes of a round; nil: no more are sent.
    let round: @Sendable (Int) -> [UInt8]?

    init(
        _ name: String, _ about: String, connections: Int = 1, reads: Bool = true, greets: Bool = true, hangsUp: Bool = false,
        awaitsWord: Bool = false, awaitedEnds: Int = 0, settings: [UInt8] = [], opening: [UInt8] = [],
        _ round: @escaping @Sendable (Int) -> [UInt8]? = { _ in nil }
    ) {
        self.name = name
        self.about = about
        self.connections = connections
        self.reads = reads
        self.greets = greets
        self.hangsUp = hangsUp
        self.awaitsWord = awaitsWord
        self.awaitedEnds = awaitedEnds
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Frame.bytes(Frame.settings, settings)
        self.opening = (greets ? preface + Frame.bytes(Frame.settings, flags: 1) : []) + opening
        self.round = round
    }

    /// TLS hellos, each on a connection of its own: the cheapest way to have a server sign (F. 2). `hello` is a whole ClientHello record.
    public static func handshakes(hello: [UInt8]) -> Attack {
        Attack("tls-hellos", "handshake flood", connections: 50, greets: false, hangsUp: true, awaitsWord: true, opening: hello)
    }
}
