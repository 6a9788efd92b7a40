import HTTP2
import Net

/// An HTTP/2 server of raw frames that keeps to flow control, and does else what its script says at two moments of each call. It counts what
/// the client does with its PINGs, its stream limit and its connections.
///
/// Confined to its loop; the async functions may be called from anywhere.
final class HostileServer: @unchecked Sendable {
    /// What is sent on a stream, one after the other.
    enum Step {
        case frame(RawFrame)
        /// DATA frames of `chunk` bytes each, with so much padding, as the client's windows permit.
        case body(ArraySlice<UInt8>, chunk: Int, padding: UInt8?)
        /// A PING; whether all are answered is seen at the end.
        case ping
        /// The stream is closed, as far as the server knows.
        case end
    }

    struct Script: Sendable {
        /// When a call's header section has come, and how many calls came before it.
        var began: @Sendable (_ stream: UInt32, _ number: Int) -> [Step] = { _, _ in [] }
        /// When all of its request has come.
        var requested: @Sendable (_ stream: UInt32, _ message: [UInt8]) -> [Step]
    }

    /// What came of it.
    struct Account: Sendable {
        var connections = 0
        var calls = 0
        var outstandingPings = 0
        /// Streams that a client began while as many were open as it had agreed to.
        var tooManyStreams = 0
    }

    private final class Stream {
        var window: Int
        var received: [UInt8] = []
        var steps: [Step] = []
        init(window: Int) { self.window = window }
    }

    private final class Connection {
        let socket: Socket
        var watch: Watch?
        var received: [UInt8] = []
        var unsent: ArraySlice<UInt8> = []
        var isPreface = true
        var window = 65_535
        var initialWindow = 65_535
        var streams: [UInt32: Stream] = [:]
        /// What the client was told, and what it has acknowledged since.
        var announced: [Int?] = []
        var limit: Int?
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    let address: SocketAddress
    private let loop: EventLoop
    private let script: Script
    private var listening: Watch?
    private var connections: [Connection] = []
    private var kept = Account()

    private init(_ listener: Listener, _ loop: EventLoop, _ script: Script) throws {
        address = listener.address
        self.loop = loop
        self.script = script
        listening = try listener.watch(on: loop) { self.accept(Connection($0)) }
    }

    static func start(on loop: EventLoop, _ script: Script) async throws -> HostileServer {
        try await loop.run {
            try HostileServer(try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0)), loop, script)
        }
    }

    func account() async throws -> Account { try await loop.run { self.kept } }

    func stop() async throws {
        try await loop.run {
            self.listening?.cancel()
            for connection in self.connections { connection.watch?.cancel() }
            self.connections = []
        }
    }

    // MARK: Bytes

    private func accept(_ connection: Connection) {
        connections.append(connection)
        kept.connections += 1
        connection.watch = try? loop.watch(connection.socket.descriptor, for: .read) { readiness in
            if readiness.contains(.read) { self.read(connection) }
            self.flush(connection)
        }
        send(.settings(), on: connection)
        flush(connection)
    }

    private func send(_ frame: RawFrame, on connection: Connection) {
        connection.unsent += frame.bytes
        if frame.kind == RawFrame.Kind.settings, frame.flags == 0 {
            let isLimit = frame.payload.starts(with: [0, 3])
            connection.announced.append(isLimit ? Int(frame.number(at: 2)) : nil)
        }
    }

    private func flush(_ connection: Connection) {
        while !connection.unsent.isEmpty {
            guard case .bytes(let count) = unsafe connection.unsent.withUnsafeBytes({ unsafe connection.socket.write($0) }) else { break }
            connection.unsent = connection.unsent.dropFirst(count)
        }
        connection.watch?.update(connection.unsent.isEmpty ? .read : [.read, .write])
    }

    private func read(_ connection: Connection) {
        while true {
            switch unsafe connection.socket.read(into: loop.scratch) {
            case .bytes(let count): unsafe connection.received.append(contentsOf: loop.scratch[..<count])
            case .wouldBlock: return parse(connection)
            default:
                parse(connection)
                connection.watch?.cancel()
                return
            }
        }
    }

    private func parse(_ connection: Connection) {
        var rest = connection.received[...]
        if connection.isPreface {
            guard rest.count >= RawFrame.preface.count else { return }
            rest = rest.dropFirst(RawFrame.preface.count)
            connection.isPreface = false
        }
        while rest.count >= 9 {
            let head = rest.prefix(9).map { Int($0) }
            let length = head[0] << 16 | head[1] << 8 | head[2]
            guard rest.count >= 9 + length else { break }
            let stream = UInt32(head[5] << 24 | head[6] << 16 | head[7] << 8 | head[8])
            let frame = RawFrame(
                kind: UInt8(head[3]), flags: UInt8(head[4]), stream: stream, payload: Array(rest.dropFirst(9).prefix(length)))
            rest = rest.dropFirst(9 + length)
            received(frame, connection)
        }
        connection.received = Array(rest)
    }

    // MARK: Frames

    private func received(_ frame: RawFrame, _ connection: Connection) {
        switch frame.kind {
        case RawFrame.Kind.settings: settings(frame, connection)
        case RawFrame.Kind.ping where frame.flags == 1: kept.outstandingPings -= 1
        case RawFrame.Kind.ping: send(RawFrame(kind: RawFrame.Kind.ping, flags: 1, payload: frame.payload), on: connection)
        case RawFrame.Kind.windowUpdate:
            if frame.stream == 0 { connection.window += Int(frame.number(at: 0)) }
            connection.streams[frame.stream]?.window += Int(frame.number(at: 0))
        case RawFrame.Kind.reset: connection.streams[frame.stream] = nil
        case RawFrame.Kind.headers: begin(frame, connection)
        case RawFrame.Kind.data: data(frame, connection)
        default: break
        }
        pump(connection)
    }

    private func settings(_ frame: RawFrame, _ connection: Connection) {
        if frame.flags == 1 {
            guard !connection.announced.isEmpty, let limit = connection.announced.removeFirst() else { return }
            connection.limit = limit
            return
        }
        for offset in stride(from: 0, to: frame.payload.count - 5, by: 6) where frame.payload[offset] == 0 && frame.payload[offset + 1] == 4
        {
            let window = Int(frame.number(at: offset + 2))
            for stream in connection.streams.values { stream.window += window - connection.initialWindow }
            connection.initialWindow = window
        }
        send(.settingsAcknowledgement, on: connection)
    }

    private func begin(_ frame: RawFrame, _ connection: Connection) {
        if let limit = connection.limit, connection.streams.count >= limit { kept.tooManyStreams += 1 }
        let stream = Stream(window: connection.initialWindow)
        connection.streams[frame.stream] = stream
        stream.steps = script.began(frame.stream, kept.calls)
        kept.calls += 1
    }

    private func data(_ frame: RawFrame, _ connection: Connection) {
        let count = UInt32(frame.payload.count)
        if count > 0 {
            send(.windowUpdate(0, count), on: connection)
            if frame.flags & RawFrame.Flag.endStream == 0 { send(.windowUpdate(frame.stream, count), on: connection) }
        }
        guard let stream = connection.streams[frame.stream] else { return }
        stream.received += frame.payload
        guard frame.flags & RawFrame.Flag.endStream != 0 else { return }
        stream.steps += script.requested(frame.stream, Array(stream.received.dropFirst(5)))
    }

    /// Sends what may be sent now.
    private func pump(_ connection: Connection) {
        for (number, stream) in connection.streams.sorted(by: { $0.key < $1.key }) {
            while !stream.steps.isEmpty {
                switch stream.steps[0] {
                case .frame(let frame): send(frame, on: connection)
                case .ping:
                    kept.outstandingPings += 1
                    send(.ping, on: connection)
                case .end:
                    connection.streams[number] = nil
                    stream.steps = []
                    continue
                case .body(let bytes, let chunk, let padding):
                    guard !bytes.isEmpty else { break }
                    let data = Array(bytes.prefix(chunk))
                    let cost = data.count + (padding.map { Int($0) + 1 } ?? 0)
                    guard min(connection.window, stream.window) >= cost else { return }
                    connection.window -= cost
                    stream.window -= cost
                    send(.padded(number, data, padding), on: connection)
                    stream.steps[0] = .body(bytes.dropFirst(chunk), chunk: chunk, padding: padding)
                    continue
                }
                stream.steps.removeFirst()
            }
        }
    }
}

extension RawFrame {
    /// DATA with padding behind it (RFC 9113, 6.1).
    fileprivate static func padded(_ stream: UInt32, _ data: [UInt8], _ padding: UInt8?) -> RawFrame {
        guard let padding else { return .data(stream, data) }
        return RawFrame(
            kind: Kind.data, flags: Flag.padded, stream: stream, payload: [padding] + data + [UInt8](repeating: 0, count: Int(padding)))
    }
}
