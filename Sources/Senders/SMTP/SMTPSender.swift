public import Crypto
public import Net
internal import TLS

/// Sends mail through a relay, one conversation for each.
public struct SMTPSender: Sender {
    private let relay: SMTPRelay
    private let loop: EventLoop
    private let clock: WallClock
    private let time: Duration

    /// - Parameters:
    ///   - loop: where its connections live.
    ///   - clock: for the date of a mail.
    ///   - time: what one mail may take in all; nil is as much as an attempt may. RFC 5321 section 4.5.3.2 asks for patience.
    public init(_ relay: SMTPRelay, on loop: EventLoop, clock: WallClock = .system, time: Duration? = nil) {
        self.relay = relay
        self.loop = loop
        self.clock = clock
        self.time = min(time ?? Limits.attemptTime, Limits.attemptTime)
    }

    public func destination(of email: Email) -> String {
        "smtp:\(relay.host):\(relay.port)"
    }

    public func send(_ email: Email, id: UUIDv7) async -> Outcome {
        let content = MIMEMessage.bytes(email, id: id, unixSeconds: clock.unixSeconds)
        let envelope = SMTPEnvelope(
            sender: email.from.address, recipient: email.to.address, contentBytes: content.count, needsUTF8: email.needsUTF8)
        return await loop.perform {
            await SMTPConversation(relay, SMTPSession(relay, envelope), content: content, time: time, on: loop).run()
        }
    }
}

/// Does what a session says, over a connection.
private struct SMTPConversation {
    private let relay: SMTPRelay
    private var session: SMTPSession
    private let content: [UInt8]
    private let loop: EventLoop
    private let deadline: MonotonicTime
    private var replies = SMTPReplyReader()

    init(_ relay: SMTPRelay, _ session: SMTPSession, content: [UInt8], time: Duration, on loop: EventLoop) {
        self.relay = relay
        self.session = session
        self.content = content
        self.loop = loop
        deadline = .now() + time
    }

    consuming func run() async -> Outcome {
        var conversation = self
        let connection: Connection
        do throws(SenderError) {
            connection = try await conversation.connect()
        } catch {
            return conversation.session.broken(error.description)
        }
        defer { connection.close() }
        do throws(SenderError) {
            return try await conversation.converse(connection)
        } catch {
            return conversation.session.broken(error.description)
        }
    }

    private func connect() async throws(SenderError) -> Connection {
        let addresses = try await Names.addresses(of: relay.host, port: relay.port)
        let connection = try await Connection.open(to: addresses, on: loop, until: deadline)
        guard case .implicitTLS(let context) = relay.security else { return connection }
        do throws(SenderError) {
            try await connection.startTLS(context, serverName: relay.host, until: deadline)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private mutating func converse(_ connection: Connection) async throws(SenderError) -> Outcome {
        var action = session.begin()
        while true {
            switch action {
            case .wait(let time):
                action = session.receive(try await reply(connection, within: time))
            case .send(let text, let time):
                try await connection.write(Array(text.utf8), until: until(time))
                action = session.receive(try await reply(connection, within: time))
            case .startTLS:
                action = try await startTLS(connection)
            case .sendContent:
                let content = DotStuffing.stuff(content)
                for start in stride(from: 0, to: content.count, by: Limits.blockBytes) {
                    let block = Array(content[start..<min(start + Limits.blockBytes, content.count)])
                    try await connection.write(block, until: until(Limits.blockTime))
                }
                action = session.contentSent()
            case .end(let outcome, let saysQuit):
                if saysQuit { await quit(connection) }
                return outcome
            }
        }
    }

    private mutating func startTLS(_ connection: Connection) async throws(SenderError) -> SMTPSession.Action {
        guard case .startTLS(let context) = relay.security else { throw .peer("TLS was begun that nobody asked for") }
        // Said before TLS, and it would be read as if it had come through it (CVE-2011-0411 is the same for servers).
        guard replies.isEmpty else { throw .peer("the mail server spoke on before TLS began: somebody may stand in between") }
        try await connection.startTLS(context, serverName: relay.host, until: deadline)
        return session.secured()
    }

    private mutating func reply(_ connection: Connection, within time: Duration) async throws(SenderError) -> SMTPReply {
        let limit = until(time)
        while true {
            if let reply = try replies.next() { return reply }
            guard let bytes = try await connection.read(until: limit) else { throw .connection("the mail server ended the connection") }
            replies.append(bytes)
        }
    }

    /// The verdict stands: whatever goes wrong here changes nothing.
    private mutating func quit(_ connection: Connection) async {
        guard (try? await connection.write(Array("QUIT\r\n".utf8), until: until(Limits.quitTime))) != nil else { return }
        _ = try? await reply(connection, within: Limits.quitTime)
    }

    private func until(_ time: Duration) -> MonotonicTime {
        min(deadline, .now() + time)
    }
}
