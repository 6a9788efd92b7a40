import HTTP2
import Net
import RPC

/// A server of frames: for each request it sends what the test's script says. It keeps what clients sent.
///
/// Confined to its loop; the async functions may be called from anywhere.
final class FrameServer: @unchecked Sendable {
    /// A request's header section, as it came.
    struct Request: Sendable {
        /// From 0, over all connections.
        let number: Int
        /// From 0, in the order in which they were accepted.
        let connection: Int
        let stream: UInt32
        let fields: [String: String]
    }

    /// What the script may do besides sending frames.
    enum Step: Sendable {
        case send(RawFrame)
        /// Ends the connection without a word.
        case hangUp
    }

    typealias Script = @Sendable (Request) -> [Step]

    let address: SocketAddress
    private let loop: EventLoop
    private let greeting: [RawFrame]
    private let script: Script
    private let answersPings: Bool
    private var listening: Watch?
    private var connections: [Connection] = []
    private var seen: [Request] = []
    /// Every frame of clients besides HEADERS, by connection.
    private var frames: [(connection: Int, frame: RawFrame)] = []

    private final class Connection {
        let number: Int
        var socket: Socket?
        var watch: Watch?
        var received: [UInt8] = []
        var isPreface = true
        let decoder = FieldDecoder()

        init(_ socket: consuming Socket, _ number: Int) {
            self.socket = consume socket
            self.number = number
        }
    }

    private init(_ listener: Listener, _ loop: EventLoop, _ greeting: [RawFrame], answersPings: Bool, _ script: @escaping Script) throws {
        address = listener.address
        self.loop = loop
        self.greeting = greeting
        self.script = script
        self.answersPings = answersPings
        listening = try listener.watch(on: loop) { self.accept($0) }
    }

    static func start(
        on loop: EventLoop, greeting: [RawFrame] = [.settings()], answersPings: Bool = true, _ script: @escaping Script
    ) async throws -> FrameServer {
        try await loop.run {
            let listener = try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0))
            return try FrameServer(listener, loop, greeting, answersPings: answersPings, script)
        }
    }

    private func accept(_ socket: consuming Socket) {
        let connection = Connection(socket, connections.count)
        connections.append(connection)
        guard let descriptor = connection.socket?.descriptor else { return }
        for frame in greeting { send(frame, to: connection) }
        connection.watch = try? loop.watch(descriptor, for: .read) { _ in self.read(connection) }
    }

    private func send(_ frame: RawFrame, to connection: Connection) {
        _ = unsafe frame.bytes.withUnsafeBytes { unsafe connection.socket?.write($0) }
    }

    private func read(_ connection: Connection) {
        while true {
            switch unsafe connection.socket?.read(into: loop.scratch) {
            case .bytes(let count)?:
                unsafe connection.received.append(contentsOf: loop.scratch[..<count])
                look(connection)
            case .wouldBlock?: return
            default: return hangUp(connection)
            }
        }
    }

    private func hangUp(_ connection: Connection) {
        connection.watch?.cancel()
        connection.watch = nil
        connection.socket = nil
    }

    private func look(_ connection: Connection) {
        if connection.isPreface {
            guard connection.received.count >= RawFrame.preface.count else { return }
            connection.received.removeFirst(RawFrame.preface.count)
            connection.isPreface = false
        }
        while connection.received.count >= 9 {
            let head = connection.received.prefix(9).map { Int($0) }
            let length = head[0] << 16 | head[1] << 8 | head[2]
            guard connection.received.count >= 9 + length else { return }
            let frame = RawFrame(
                kind: UInt8(head[3]), flags: UInt8(head[4]), stream: UInt32(head[5] << 24 | head[6] << 16 | head[7] << 8 | head[8]),
                payload: Array(connection.received[9..<9 + length]))
            connection.received.removeFirst(9 + length)
            received(frame, connection)
        }
    }

    private func received(_ frame: RawFrame, _ connection: Connection) {
        guard frame.kind == RawFrame.Kind.headers else {
            frames.append((connection.number, frame))
            if frame.kind == RawFrame.Kind.ping, frame.flags == 0, answersPings {
                send(RawFrame(kind: RawFrame.Kind.ping, flags: 1, payload: frame.payload), to: connection)
            }
            return
        }
        let fields = Dictionary(connection.decoder.decode(frame.payload)) { first, _ in first }
        let request = Request(number: seen.count, connection: connection.number, stream: frame.stream, fields: fields)
        seen.append(request)
        for step in script(request) {
            switch step {
            case .send(let frame): send(frame, to: connection)
            case .hangUp: hangUp(connection)
            }
        }
    }

    // MARK: From the test

    func requests() async throws -> [Request] { try await loop.run { self.seen } }

    func connectionCount() async throws -> Int { try await loop.run { self.connections.count } }

    /// Those that the client has not closed, nor this side.
    func openConnections() async throws -> Int { try await loop.run { self.connections.filter { $0.socket != nil }.count } }

    func frames(_ kind: UInt8) async throws -> [RawFrame] {
        try await loop.run { self.frames.map(\.frame).filter { $0.kind == kind } }
    }

    /// The bodies of the requests on one stream of one connection.
    func body(_ request: Request) async throws -> [UInt8] {
        try await loop.run {
            self.frames.filter {
                $0.connection == request.connection && $0.frame.stream == request.stream && $0.frame.kind == RawFrame.Kind.data
            }.flatMap(\.frame.payload)
        }
    }

    /// Sends on every connection.
    func send(_ frames: RawFrame...) async throws {
        try await loop.run {
            for connection in self.connections { for frame in frames { self.send(frame, to: connection) } }
        }
    }

    /// Ends every connection without a word, and takes no more.
    func stop() async throws {
        try await loop.run {
            self.listening?.cancel()
            for connection in self.connections { self.hangUp(connection) }
        }
    }
}

extension [FrameServer.Step] {
    /// A whole reply.
    static func reply(_ message: [UInt8], on stream: UInt32) -> Self {
        [
            .send(.headers(stream, [(":status", "200"), ("content-type", "application/grpc")])),
            .send(.data(stream, RawFrame.message(message))), .send(.headers(stream, [("grpc-status", "0")], end: true)),
        ]
    }

    /// Trailers only.
    static func failure(_ status: Int, on stream: UInt32, _ more: (String, String)...) -> Self {
        let fields = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "\(status)")]
        return [.send(.headers(stream, fields + more, end: true))]
    }

    static func goAway(last: UInt32, code: UInt32 = 0, _ debug: String = "") -> Self {
        [.send(RawFrame(kind: RawFrame.Kind.goAway, payload: RawFrame.number(last) + RawFrame.number(code) + [UInt8](debug.utf8)))]
    }
}

/// Runs `body` with such a server and a channel to it, which is patient where the test does not say otherwise.
func withFrameServer(
    greeting: [RawFrame] = [.settings()], answersPings: Bool = true, _ configure: (inout Channel.Configuration) throws -> Void,
    _ script: @escaping FrameServer.Script, _ body: (FrameServer, Channel) async throws -> Void
) async throws {
    let loop = try EventLoop(name: "frames")
    defer { loop.shutdown() }
    let server = try await FrameServer.start(on: loop, greeting: greeting, answersPings: answersPings, script)
    var configuration = Channel.Configuration()
    configuration.backoff.leastConnectTimeout = .seconds(3_600)
    configuration.backoff.initial = .milliseconds(5)
    configuration.backoff.longest = .milliseconds(50)
    try configure(&configuration)
    let channel = try Channel("\(server.address)", configuration: configuration, loop: loop)
    do {
        try await body(server, channel)
    } catch {
        await channel.close()
        try await server.stop()
        throw error
    }
    await channel.close()
    try await server.stop()
}

func withFrameServer(
    greeting: [RawFrame] = [.settings()], _ script: @escaping FrameServer.Script, _ body: (FrameServer, Channel) async throws -> Void
) async throws {
    try await withFrameServer(greeting: greeting, { _ in }, script, body)
}
