internal import Glibc

/// One connection through a `PostgresProxy`, on a thread of its own.
final class ProxiedSession {
    private let client: Int32
    private let server: Int32
    private let proxy: PostgresProxy
    private var fromClient: [UInt8] = []
    private var fromServer: [UInt8] = []
    private var hasStarted = false
    private var reader = StatementReader()
    private var backend: pid_t = 0
    /// Statements that the server was given and that it has ended, in its answers.
    private var given = 0
    private var ended = 0
    private var hasFailed = false
    /// A statement stands before the Sync that comes next.
    private var holdsStatement = false

    init(client: Int32, server: Int32, proxy: PostgresProxy) {
        self.client = client
        self.server = server
        self.proxy = proxy
    }

    func run() {
        defer {
            close(client)
            close(server)
        }
        while true {
            var entries = [pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0)]
            guard unsafe poll(&entries, 2, -1) > 0 || errno == EINTR else { return }
            if entries[1].revents != 0 { guard passAnswers() else { return } }
            if entries[0].revents != 0 {
                guard let bytes = UnixSocket.read(client) else { return }
                fromClient += bytes
                guard passRequests() else { return }
            }
        }
    }

    /// What the server says goes on as it is; false when it has said all.
    private func passAnswers() -> Bool {
        guard let bytes = UnixSocket.read(server) else { return false }
        fromServer += bytes
        while let message = Self.message(in: fromServer, hasType: true) {
            note(answer: message)
            fromServer.removeFirst(message.count)
        }
        return UnixSocket.write(bytes, to: client)
    }

    private func note(answer message: ArraySlice<UInt8>) {
        switch message.first {
        case UInt8(ascii: "K"): backend = message.dropFirst(5).prefix(4).reduce(0) { $0 << 8 | pid_t($1) }
        case UInt8(ascii: "C"), UInt8(ascii: "I"): ended += 1
        case UInt8(ascii: "E"): hasFailed = true
        // ReadyForQuery: what was skipped after an error is no longer waited for.
        case UInt8(ascii: "Z"): (given, ended, hasFailed) = (0, 0, false)
        default: break
        }
    }

    private func passRequests() -> Bool {
        while let message = Self.message(in: fromClient, hasType: hasStarted) {
            let bytes = Array(message)
            fromClient.removeFirst(bytes.count)
            guard hasStarted else {
                hasStarted = true
                guard UnixSocket.write(bytes, to: server) else { return false }
                continue
            }
            guard pass(request: bytes) else { return false }
        }
        return true
    }

    private func pass(request: [UInt8]) -> Bool {
        if let event = reader.read(request) { proxy.note(event) }
        let isStatement = request.first == UInt8(ascii: "E")
        let isSync = request.first == UInt8(ascii: "S")
        guard isStatement || isSync && holdsStatement else { return UnixSocket.write(request, to: server) }
        holdsStatement = isStatement
        switch proxy.verdict(isStatement: isStatement) {
        case .pass:
            if isStatement { given += 1 }
            return UnixSocket.write(request, to: server)
        case .fail:
            // An Execute of a portal that nobody has bound, for any number of rows.
            let portal = Array("nowhere".utf8) + [0]
            return UnixSocket.write([UInt8(ascii: "E"), 0, 0, 0, UInt8(8 + portal.count)] + portal + [0, 0, 0, 0], to: server)
        case .terminate:
            guard awaitStatements() else { return false }
            kill(backend, SIGTERM)
            while passAnswers() {}
            return false
        case .cut:
            if UnixSocket.write(request, to: server) { awaitSync() }
            return false
        }
    }

    /// Until the server has done all that it was given, and its answers are passed on. False when it is gone.
    private func awaitStatements() -> Bool {
        guard UnixSocket.write([UInt8(ascii: "H"), 0, 0, 0, 4], to: server) else { return false }
        while ended < given, !hasFailed { guard passAnswers() else { return false } }
        return true
    }

    /// Until the server says ReadyForQuery; what it says is kept back.
    private func awaitSync() {
        while let bytes = UnixSocket.read(server) {
            fromServer += bytes
            while let message = Self.message(in: fromServer, hasType: true) {
                if message.first == UInt8(ascii: "Z") { return }
                fromServer.removeFirst(message.count)
            }
        }
    }

    /// The first message, if all of it is there: a type, unless it is the first of the connection, and a length that counts itself.
    private static func message(in bytes: [UInt8], hasType: Bool) -> ArraySlice<UInt8>? {
        let start = hasType ? 1 : 0
        guard bytes.count >= start + 4 else { return nil }
        let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= start + length else { return nil }
        return bytes[..<(start + length)]
    }
}
