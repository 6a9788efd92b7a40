import Glibc
import Net
import Testing

@Suite("Sockets") struct SocketTests {
    @Test("addresses print as they are written", arguments: [("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("[::1]", "[::1]:80")])
    func addresses(literal: String, printed: String) throws {
        let address = try SocketAddress(ip: literal, port: 80)
        #expect(address.description == printed)
        #expect(address.isLoopback)
    }

    @Test("what is no address is refused with a sentence", arguments: ["localhost", "", "1.2.3", "127.0.0.1:80", "::g"])
    func refused(literal: String) {
        #expect(throws: NetError.address("\"\(literal)\" is not an IP address; use one such as 127.0.0.1 or ::1")) {
            try SocketAddress(ip: literal, port: 80)
        }
    }

    @Test(
        "an address is read back from its text",
        arguments: ["127.0.0.1:80", "[::1]:65535", "0.0.0.0:0", "unix:/run/switchboard.sock"])
    func text(_ text: String) throws {
        #expect("\(try SocketAddress(text))" == text)
    }

    @Test(
        "text that is no address is refused with a sentence that shows one",
        arguments: [
            ("", "127.0.0.1:50051"), ("80", "127.0.0.1:50051"), ("127.0.0.1", "[::1]:50051"), ("127.0.0.1:65536", "unix:/path"),
            ("::1:80", "[::1]:80"), ("localhost:80", "127.0.0.1"), ("unix:", "1 to 107"),
        ])
    func refusedText(_ text: String, hint: String) throws {
        #expect {
            try SocketAddress(text)
        } throws: {
            "\($0)".contains(hint)
        }
    }

    @Test("a Unix socket path of 107 bytes fits, one of 108 does not")
    func unixPath() throws {
        _ = try SocketAddress(unixPath: String(repeating: "a", count: 107))
        #expect(throws: NetError.self) { try SocketAddress(unixPath: String(repeating: "a", count: 108)) }
    }

    @Test("a second listener on the same port is refused")
    func portInUse() throws {
        let first = try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0))
        #expect { try Listener(on: first.address) } throws: { error in
            "\(error)".contains("Address already in use")
        }
    }

    @Test("bytes go there and back over loopback, and the end is seen")
    func echo() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.shutdown() }
        let listener = try Listener(on: SocketAddress(ip: "127.0.0.1", port: 0))
        let received: [UInt8] = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    let session = EchoSession(loop: loop) { continuation.resume(returning: $0) }
                    try session.start(listener)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(received == Array("hello".utf8))
    }

    @Test("a peer that has ended its side is known before what it sent is read")
    func peerEnded() async throws {
        let loop = try EventLoop(name: "ended")
        defer { loop.shutdown() }
        let ended = try await loop.run {
            var pair: [Int32] = [0, 0]
            #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            let here = Socket(adopting: pair[0])
            let there = Socket(adopting: pair[1])
            let bytes: [UInt8] = [1, 2]
            _ = unsafe bytes.withUnsafeBytes { unsafe there.write($0) }
            let before = here.hasPeerEnded
            there.shutdownWriting()
            return (before, here.hasPeerEnded, unsafe here.read(into: loop.scratch) == .bytes(2))
        }
        #expect(ended == (false, true, true))
    }

    @Test("a name that cannot be resolved says so")
    func unresolvable() async {
        await #expect(throws: (any Error).self) { try await Resolver.resolve("no-such-host.invalid", port: 1) }
    }
}

/// Accepts one connection, echoes what it reads to a client of its own, and reports what the client got back.
private final class EchoSession {
    private let loop: EventLoop
    private let done: ([UInt8]) -> Void
    private var watches: [Watch] = []
    private var received: [UInt8] = []

    init(loop: EventLoop, done: @escaping ([UInt8]) -> Void) {
        self.loop = loop
        self.done = done
    }

    func start(_ listener: Listener) throws {
        watches.append(try listener.watch(on: loop) { self.watch(Peer($0), for: .read, self.serve) })
        let client = Peer(try Socket.connecting(to: listener.address))
        watch(client, for: .write) { client in
            if client.hasSent { return self.receive(client) }
            #expect(client.socket.connectError(to: listener.address) == nil)
            let sent = unsafe Array("hello".utf8).withUnsafeBytes { unsafe client.socket.write($0) }
            #expect(sent == .bytes(5))
            client.socket.shutdownWriting()
            client.hasSent = true
            client.watch?.update(.read)
        }
    }

    private func watch(_ peer: Peer, for interest: Interest, _ ready: @escaping (Peer) -> Void) {
        peer.watch = try? loop.watch(peer.socket.descriptor, for: interest) { _ in ready(peer) }
        if let watch = peer.watch { watches.append(watch) }
    }

    private func serve(_ server: Peer) {
        switch unsafe server.socket.read(into: loop.scratch) {
        case .bytes(let count):
            #expect(unsafe server.socket.write(UnsafeRawBufferPointer(rebasing: loop.scratch.prefix(count))) == .bytes(count))
        case .end:
            server.watch?.cancel()
            server.socket.shutdownWriting()
        default: break
        }
    }

    private func receive(_ client: Peer) {
        switch unsafe client.socket.read(into: loop.scratch) {
        case .bytes(let count): received += unsafe Array(loop.scratch.prefix(count))
        case .end:
            watches.forEach { $0.cancel() }
            done(received)
        default: break
        }
    }
}

private final class Peer {
    let socket: Socket
    var watch: Watch?
    var hasSent = false
    init(_ socket: consuming Socket) { self.socket = socket }
}
