import HTTP2
import Net
import RPC

/// Accepts connections, sends what the test says, and understands nothing but where a request begins.
///
/// Confined to its loop; the async functions may be called from anywhere.
final class ScriptedServer: @unchecked Sendable {
    let address: SocketAddress
    private let loop: EventLoop
    private let greeting: [UInt8]
    private let answer: [UInt8]
    private var listening: Watch?
    private var accepted: [Accepted] = []
    /// When the first request's header section was seen.
    let requested = Event()
    /// When a client has closed its connection.
    let closed = Event()

    private final class Accepted {
        let socket: Socket
        var watch: Watch?
        var received: [UInt8] = []
        var isPreface = true
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    private init(_ listener: Listener, _ loop: EventLoop, _ greeting: [UInt8], _ answer: [UInt8]) throws {
        address = listener.address
        self.loop = loop
        self.greeting = greeting
        self.answer = answer
        listening = try listener.watch(on: loop) { self.accept(Accepted($0)) }
    }

    /// Every connection gets `greeting` at once, and `answer` when its first request has come.
    static func start(on loop: EventLoop, greeting: [UInt8] = RawFrame.settings().bytes, answer: [RawFrame] = []) async throws
        -> ScriptedServer
    {
        try await loop.run {
            try ScriptedServer(try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0)), loop, greeting, answer.flatMap(\.bytes))
        }
    }

    private func accept(_ connection: Accepted) {
        accepted.append(connection)
        send(greeting, to: connection)
        connection.watch = try? loop.watch(connection.socket.descriptor, for: .read) { _ in self.read(connection) }
    }

    private func send(_ bytes: [UInt8], to connection: Accepted) {
        _ = unsafe bytes.withUnsafeBytes { unsafe connection.socket.write($0) }
    }

    private func read(_ connection: Accepted) {
        while true {
            switch unsafe connection.socket.read(into: loop.scratch) {
            case .bytes(let count):
                unsafe connection.received.append(contentsOf: loop.scratch[..<count])
                look(connection)
            case .wouldBlock: return
            case .end, .failed:
                connection.watch?.cancel()
                return closed.happen()
            }
        }
    }

    private func look(_ connection: Accepted) {
        if connection.isPreface {
            guard connection.received.count >= RawFrame.preface.count else { return }
            connection.received.removeFirst(RawFrame.preface.count)
            connection.isPreface = false
        }
        while connection.received.count >= 9 {
            let length = Int(connection.received[0]) << 16 | Int(connection.received[1]) << 8 | Int(connection.received[2])
            guard connection.received.count >= 9 + length else { return }
            if connection.received[3] == RawFrame.Kind.headers, !requested.hasHappened {
                send(answer, to: connection)
                requested.happen()
            }
            connection.received.removeFirst(9 + length)
        }
    }

    /// Sends on every connection.
    func send(_ frames: RawFrame...) async throws {
        try await loop.run {
            for connection in self.accepted { self.send(frames.flatMap(\.bytes), to: connection) }
        }
    }

    func connections() async throws -> Int {
        try await loop.run { self.accepted.count }
    }

    /// Ends every connection without a word, and takes no more.
    func stop() async throws {
        try await loop.run {
            self.listening?.cancel()
            for connection in self.accepted { connection.watch?.cancel() }
            self.accepted.removeAll()
        }
    }
}

/// Runs `body` with a client of such a server.
func withScriptedServer(
    greeting: [UInt8] = RawFrame.settings().bytes, answer: [RawFrame] = [],
    _ body: (ScriptedServer, Channel) async throws -> Void
) async throws {
    let loop = try EventLoop(name: "scripted")
    defer { loop.shutdown() }
    let server = try await ScriptedServer.start(on: loop, greeting: greeting, answer: answer)
    var configuration = Channel.Configuration()
    // Nothing here may end only because its time is over.
    configuration.backoff.leastConnectTimeout = .seconds(3_600)
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
