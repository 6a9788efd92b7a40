import Net

/// Accepts connections, and says nothing but what a test makes it say.
///
/// Confined to its loop; the async functions may be called from anywhere.
final class SilentServer: @unchecked Sendable {
    let address: SocketAddress
    private let loop: EventLoop
    private let greeting: [UInt8]
    private var listening: Watch?
    private var watches: [Watch] = []
    private let firstClosed = Event()

    private init(_ listener: Listener, _ loop: EventLoop, _ greeting: [UInt8]) throws {
        address = listener.address
        self.loop = loop
        self.greeting = greeting
        listening = try listener.watch(on: loop) { self.accepted(Accepted($0)) }
    }

    /// Every connection gets `greeting`, and then nothing.
    static func start(on loop: EventLoop, greeting: [UInt8] = []) async throws -> SilentServer {
        try await loop.run {
            try SilentServer(try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0)), loop, greeting)
        }
    }

    private final class Accepted {
        let socket: Socket
        var watch: Watch?
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    private func accepted(_ accepted: Accepted) {
        _ = unsafe greeting.withUnsafeBytes { unsafe accepted.socket.write($0) }
        accepted.watch = try? loop.watch(accepted.socket.descriptor, for: .read) { _ in
            while true {
                switch unsafe accepted.socket.read(into: self.loop.scratch) {
                case .bytes: continue
                case .wouldBlock: return
                case .end, .failed:
                    accepted.watch?.cancel()
                    return self.firstClosed.happen()
                }
            }
        }
    }

    /// Returns when a client has closed its connection.
    func untilClosed() async throws {
        try await firstClosed.wait()
        try await loop.run { self.listening?.cancel() }
    }
}
