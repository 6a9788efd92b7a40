import TLS
import TestSupport
import Testing

@testable import Senders

/// Conversations as transcripts: what a server says, and what is answered.
struct SMTPSessionTests {
    private static let credentials = SMTPRelay.Credentials(user: "ada", password: "s3cret")
    private static let plainHello = "250-mail.test\r\n250 HELP\r\n"

    private static func relay(_ security: SMTPRelay.Security = .none, _ credentials: SMTPRelay.Credentials? = nil) throws -> SMTPRelay {
        try SMTPRelay(host: "mail.test", security: security, credentials: credentials, clientName: "app.test")
    }

    private static func secure() throws -> SMTPRelay.Security {
        .startTLS(try TestPKI.shared.anonymousClientContext(alpn: []))
    }

    private static func envelope(_ recipient: String = "bob@example.com", bytes: Int = 100) throws -> SMTPEnvelope {
        let recipient = try MailAddress(recipient)
        return SMTPEnvelope(
            sender: try MailAddress("us@app.test"), recipient: recipient, contentBytes: bytes, needsUTF8: !recipient.isASCII)
    }

    /// Plays the server's lines; gives what the client wrote, `<TLS>` and `<mail>` for what is no command, and the verdict.
    private static func play(_ relay: SMTPRelay, _ envelope: SMTPEnvelope? = nil, _ server: String) throws -> (said: [String], Outcome?) {
        var session = SMTPSession(relay, try envelope ?? Self.envelope())
        var reader = SMTPReplyReader()
        reader.append(Array(server.utf8))
        var said: [String] = []
        var action = session.begin()
        while true {
            switch action {
            case .wait: break
            case .send(let text, _): said.append(text)
            case .startTLS:
                said.append("<TLS>")
                action = session.secured()
                continue
            case .sendContent:
                said.append("<mail>")
                action = session.contentSent()
                continue
            case .end(let outcome, let saysQuit):
                return (said + (saysQuit ? ["QUIT\r\n"] : []), outcome)
            }
            guard let reply = try reader.next() else { return (said, nil) }
            action = session.receive(reply)
        }
    }

    @Test("a mail is handed over, one command after the other")
    func plain() throws {
        let (said, outcome) = try Self.play(
            Self.relay(), nil, "220 hi\r\n\(Self.plainHello)250 ok\r\n250 ok\r\n354 go on\r\n250 queued as 7\r\n")
        #expect(
            said == [
                "EHLO app.test\r\n", "MAIL FROM:<us@app.test>\r\n", "RCPT TO:<bob@example.com>\r\n", "DATA\r\n", "<mail>", ".\r\n",
                "QUIT\r\n",
            ])
        #expect(outcome == .accepted(providerID: "250 queued as 7"))
    }

    @Test("with STARTTLS, a password and extensions")
    func secure() throws {
        let (said, outcome) = try Self.play(
            Self.relay(Self.secure(), Self.credentials), nil,
            """
            220 hi\r\n250-mail.test\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n220 go\r\n\
            250-mail.test\r\n250-SIZE 5000\r\n250-PIPELINING\r\n250 AUTH LOGIN PLAIN\r\n235 ok\r\n\
            250 ok\r\n250 ok\r\n354 go on\r\n250 ok\r\n
            """)
        #expect(
            said == [
                "EHLO app.test\r\n", "STARTTLS\r\n", "<TLS>", "EHLO app.test\r\n", "AUTH PLAIN AGFkYQBzM2NyZXQ=\r\n",
                "MAIL FROM:<us@app.test> SIZE=100\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n", "<mail>", ".\r\n", "QUIT\r\n",
            ])
        #expect(outcome == .accepted(providerID: "250 ok"))
    }

    @Test("AUTH LOGIN asks for user and password one by one")
    func login() throws {
        let (said, _) = try Self.play(
            Self.relay(Self.secure(), Self.credentials), nil,
            "220 hi\r\n250-m\r\n250 STARTTLS\r\n220 go\r\n250-m\r\n250 AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 ok\r\n")
        #expect(said.suffix(4).dropLast() == ["AUTH LOGIN\r\n", "YWRh\r\n", "czNjcmV0\r\n"])
    }

    @Test("SEC · a server that does not offer STARTTLS gets neither mail nor password")
    func stripped() throws {
        for hello in [Self.plainHello, "250-m\r\n250 AUTH PLAIN\r\n", "250-m\r\n250 XTARTTLS\r\n"] {
            let (said, outcome) = try Self.play(Self.relay(Self.secure(), Self.credentials), nil, "220 hi\r\n\(hello)")
            #expect(said == ["EHLO app.test\r\n", "QUIT\r\n"])
            guard case .failed = outcome else { return #expect(Bool(false), "\(String(describing: outcome))") }
        }
    }

    @Test("SEC · what the server offered before TLS counts for nothing after it")
    func forgotten() throws {
        let (said, outcome) = try Self.play(
            Self.relay(Self.secure(), Self.credentials), nil,
            "220 hi\r\n250-m\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n220 go\r\n250 m\r\n")
        #expect(said == ["EHLO app.test\r\n", "STARTTLS\r\n", "<TLS>", "EHLO app.test\r\n", "QUIT\r\n"])
        #expect(outcome == .failed(reason: "the mail server offers neither AUTH PLAIN nor AUTH LOGIN", retryAfter: nil))
    }

    @Test("SEC · a password is not configured for a connection without TLS")
    func password() {
        #expect(throws: SenderError.self) { try Self.relay(.none, Self.credentials) }
    }

    /// The server's words up to where each command has been answered well.
    private static let steps: [(String, refuses: Bool)] = [
        ("", false), ("220 hi\r\n", false), ("220 hi\r\n\(plainHello)", true), ("220 hi\r\n\(plainHello)250 ok\r\n", true),
        ("220 hi\r\n\(plainHello)250 ok\r\n250 ok\r\n", true), ("220 hi\r\n\(plainHello)250 ok\r\n250 ok\r\n354 go\r\n", true),
    ]

    @Test("each class of reply at each step: 4yz is sent later, 5yz of the mail never, 421 ends it at once", arguments: 0..<6)
    func classes(step: Int) throws {
        let (said, refuses) = Self.steps[step]
        let (_, temporary) = try Self.play(Self.relay(), nil, said + "451 try later\r\n")
        guard case .failed = temporary else { return #expect(Bool(false), "\(String(describing: temporary))") }
        let (_, permanent) = try Self.play(Self.relay(), nil, said + "550 never\r\n")
        switch permanent {
        case .refused: #expect(refuses)
        // Who refuses to talk to us says nothing about this mail.
        case .failed: #expect(!refuses)
        default: #expect(Bool(false), "\(String(describing: permanent))")
        }
        let (last, ending) = try Self.play(Self.relay(), nil, said + "421 closing\r\n")
        #expect(ending == .failed(reason: "the mail server ends the connection: 421 closing", retryAfter: nil))
        #expect(last.last != "QUIT\r\n")
    }

    @Test("a connection that breaks before the final dot means later, after it nobody knows", arguments: 0..<6)
    func broken(step: Int) throws {
        var session = SMTPSession(try Self.relay(), try Self.envelope())
        var reader = SMTPReplyReader()
        reader.append(Array(Self.steps[step].0.utf8))
        _ = session.begin()
        while let reply = try reader.next() { _ = session.receive(reply) }
        #expect(session.broken("x") == .failed(reason: "x", retryAfter: nil))
        if step == 5 {
            _ = session.contentSent()
            #expect(session.broken("x") == .unknown(reason: "x"))
        }
    }

    @Test("pipelined commands have all their answers read, and a mail that nobody is to get is ended empty")
    func pipelined() throws {
        let hello = "220 hi\r\n250-m\r\n250 PIPELINING\r\n"
        let (said, outcome) = try Self.play(Self.relay(), nil, hello + "250 ok\r\n550 no such user\r\n354 go on\r\n554 no recipients\r\n")
        #expect(said.suffix(2) == [".\r\n", "QUIT\r\n"])
        #expect(outcome == .refused(reason: "the mail server does not take the recipient: 550 no such user"))
        let (_, early) = try Self.play(Self.relay(), nil, hello + "451 later\r\n503 mail first\r\n503 mail first\r\n")
        #expect(early == .failed(reason: "the mail server does not take the sender: 451 later", retryAfter: nil))
    }

    @Test("an address outside ASCII needs SMTPUTF8, a long mail a server that takes it")
    func extensions() throws {
        let international = try Self.envelope("बॉब@example.com")
        let (said, refused) = try Self.play(Self.relay(), international, "220 hi\r\n\(Self.plainHello)")
        #expect(said == ["EHLO app.test\r\n", "QUIT\r\n"])
        guard case .refused = refused else { return #expect(Bool(false)) }
        let (able, _) = try Self.play(Self.relay(), international, "220 hi\r\n250-m\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n250 ok\r\n")
        #expect(able.suffix(2) == ["MAIL FROM:<us@app.test> BODY=8BITMIME SMTPUTF8\r\n", "RCPT TO:<बॉब@example.com>\r\n"])
        let (_, large) = try Self.play(Self.relay(), Self.envelope(bytes: 1_001), "220 hi\r\n250-m\r\n250 SIZE 1000\r\n")
        guard case .refused = large else { return #expect(Bool(false)) }
        let (_, unlimited) = try Self.play(Self.relay(), Self.envelope(bytes: 1_001), "220 hi\r\n250-m\r\n250 SIZE 0\r\n")
        #expect(unlimited == nil)
    }

    @Test("R12 · each wait has the limit of RFC 5321 section 4.5.3.2")
    func waits() throws {
        var session = SMTPSession(try Self.relay(), try Self.envelope())
        var waits: [Duration] = []
        func note(_ action: SMTPSession.Action) {
            switch action {
            case .send(_, let wait), .wait(let wait): waits.append(wait)
            default: break
            }
        }
        note(session.begin())
        for reply in [(220, ["hi"]), (250, ["m"]), (250, ["ok"]), (250, ["ok"]), (354, ["go"])] {
            note(session.receive(SMTPReply(code: reply.0, lines: reply.1)))
        }
        note(session.contentSent())
        #expect(waits == [.seconds(300), .seconds(300), .seconds(300), .seconds(300), .seconds(120), .seconds(600)])
    }
}
