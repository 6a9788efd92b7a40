internal import Glibc
internal import Net
internal import Synchronization
public import TLS

/// A server on loopback that does to each connection what its script says, on a thread that may block.
public final class ScriptedServer: Sendable {
    public typealias Script = @Sendable (ScriptedPeer) throws -> Void

    public let port: UInt16
    private let descriptor: Int32
    private let accepted = Atomic<Int>(0)
    /// Threads of its own: what blocks here must not take those that the code under test waits on.
    private let threads = BlockingPool()

    public init(_ script: @escaping Script) throws {
        let descriptor: Int32
        (descriptor, port) = try Self.bound()
        guard listen(descriptor, 64) == 0 else { throw ScriptFailure("cannot listen: \(errno)") }
        self.descriptor = descriptor
        let threads = threads
        let accepted: @Sendable () -> Void = { [weak self] in _ = self?.accepted.add(1, ordering: .relaxed) }
        Task {
            try await threads.run {
                while true {
                    let connection = accept(descriptor, nil, nil)
                    // Closed here and nowhere else: by another thread the number could have become another server's.
                    guard connection >= 0 else { return _ = close(descriptor) }
                    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                    accepted()
                    Task { try await threads.run { try? script(ScriptedPeer(connection)) } }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// A port of loopback that nobody listens on now.
    public static func freePort() throws -> UInt16 {
        let (descriptor, port) = try bound()
        close(descriptor)
        return port
    }

    private static func bound() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw ScriptFailure("cannot bind: \(errno)") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Connections so far.
    public var connections: Int { accepted.load(ordering: .relaxed) }
}

public struct ScriptFailure: Error {
    var text: String
    init(_ text: String) { self.text = text }
}

/// One connection, seen from the script.
public final class ScriptedPeer {
    private let descriptor: Int32
    private var engine: TLSEngine?
    private var unread: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 600, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    public func send(_ text: String) throws {
        try send(Array(text.utf8))
    }

    public func send(_ bytes: [UInt8]) throws {
        guard let engine else { return try write(bytes) }
        try unsafe bytes.withUnsafeBytes { try unsafe engine.send($0) }
        try write(engine.takeOutput())
    }

    /// The next line without its CRLF.
    public func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: 0x0A) {
                let line = unread[..<end]
                unread.removeSubrange(...end)
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            try receive()
        }
    }

    /// Waits for a line that begins so, and answers it; other lines are an error.
    public func expect(_ start: String, answer: String) throws {
        let line = try line()
        guard line.hasPrefix(start) else { throw ScriptFailure("\(line) came where \(start) was expected") }
        try send(answer)
    }

    /// All that comes until these bytes have come.
    public func read(to end: String) throws -> [UInt8] {
        let end = Array(end.utf8)
        while true {
            var start = 0
            while start + end.count <= unread.count {
                if Array(unread[start..<start + end.count]) == end {
                    defer { unread.removeSubrange(..<(start + end.count)) }
                    return Array(unread[..<(start + end.count)])
                }
                start += 1
            }
            try receive()
        }
    }

    public func read(count: Int) throws -> [UInt8] {
        while unread.count < count { try receive() }
        defer { unread.removeSubrange(..<count) }
        return Array(unread[..<count])
    }

    /// Returns when the peer has ended the connection.
    public func waitForEnd() {
        while (try? receive()) != nil {}
    }

    public func startTLS(_ context: TLSContext) throws {
        let engine = TLSEngine(server: context)
        self.engine = engine
        while !engine.isHandshakeComplete { try receive() }
        // The server's last words of the handshake.
        try write(engine.takeOutput())
    }

    private func receive() throws {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw ScriptFailure("the peer has ended") }
        guard let engine else { return unread += chunk[..<count] }
        var plain: [UInt8] = []
        defer { unread += plain }
        do {
            try unsafe chunk[..<count].withUnsafeBytes { try unsafe engine.receive($0) { unsafe plain.append(contentsOf: $0) } }
            try write(engine.takeOutput())
        } catch {
            try? write(engine.takeOutput())
            throw error
        }
        if engine.isPeerClosed { throw ScriptFailure("the peer has said good-bye") }
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ScriptFailure("cannot write") }
            sent += count
        }
    }
}
