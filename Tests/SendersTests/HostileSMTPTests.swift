import Crypto
import Net
import TLS
import TestSupport
import Testing

@testable import Senders

/// Mail servers that break off, lie, or never answer.
@Suite("Hostile mail servers", .timeLimit(.minutes(10)))
struct HostileSMTPTests {
    private static func server() throws -> TLSContext {
        let key = TestPKI.shared.server
        return try .server(certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: [])
    }

    private static func send(
        to server: ScriptedServer, _ security: SMTPRelay.Security = .none, credentials: SMTPRelay.Credentials? = nil
    ) async throws -> Outcome {
        let loop = try EventLoop(name: "mail")
        defer { loop.shutdown() }
        let relay = try SMTPRelay(
            host: "127.0.0.1", port: server.port, security: security, credentials: credentials, clientName: "app.test")
        return await SMTPSender(relay, on: loop).send(try MailTests.email(text: ".\r\ndots\r\n..end"), id: MailTests.id)
    }

    private static let commands = ["EHLO", "MAIL", "RCPT", "DATA"]
    private static let answers = ["250 m\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"]

    @Test("a connection that ends at a step before the final dot: later; after it: nobody knows", arguments: 0...5)
    func breaks(step: Int) async throws {
        let server = try ScriptedServer { peer in
            guard step > 0 else { return }
            try peer.send("220 hi\r\n")
            for index in 0..<min(step - 1, 4) { try peer.expect(Self.commands[index], answer: Self.answers[index]) }
            if step == 5 { _ = try peer.read(to: "\r\n.\r\n") } else { _ = try peer.line() }
        }
        let outcome = try await Self.send(to: server)
        switch outcome {
        case .failed: #expect(step < 5)
        case .unknown: #expect(step == 5)
        default: #expect(Bool(false), "\(outcome)")
        }
        #expect(server.connections == 1)
    }

    @Test(
        "garbage and lines without end are no answer: later, or nobody knows if it comes instead of the verdict",
        arguments: ["\u{0}\u{1}\r\n", "HTTP/1.1 400\r\n", "250 " + String(repeating: "x", count: 4_000)])
    func garbage(text: String) async throws {
        for step in 0...4 {
            let server = try ScriptedServer { peer in
                if step > 0 { try peer.send("220 hi\r\n") }
                for index in 0..<max(0, step - 1) { try peer.expect(Self.commands[index], answer: Self.answers[index]) }
                if step == 4 {
                    try peer.expect("DATA", answer: "354 go\r\n")
                    _ = try peer.read(to: "\r\n.\r\n")
                }
                try peer.send(text)
                peer.waitForEnd()
            }
            switch try await Self.send(to: server) {
            case .failed: #expect(step < 4)
            case .unknown: #expect(step == 4)
            case let outcome: #expect(Bool(false), "\(outcome)")
            }
        }
    }

    @Test("SEC · what is said behind the answer to STARTTLS ends the conversation: nothing more is sent")
    func injection() async throws {
        let server = try ScriptedServer { peer in
            try peer.send("220 hi\r\n")
            try peer.expect("EHLO", answer: "250-m\r\n250 STARTTLS\r\n")
            try peer.expect("STARTTLS", answer: "220 go\r\n250-m\r\n250 AUTH PLAIN\r\n235 ok\r\n")
            peer.waitForEnd()
        }
        let context = try TestPKI.shared.anonymousClientContext(alpn: [])
        let outcome = try await Self.send(to: server, .startTLS(context), credentials: .init(user: "ada", password: "s3cret"))
        guard case .failed(let reason, _) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(reason.contains("before TLS began"))
    }

    @Test("SEC · a server whose certificate nobody trusts gets no mail", arguments: [true, false])
    func untrusted(implicit: Bool) async throws {
        let key = TestPKI.shared.foreignServer
        let foreign = try TLSContext.server(
            certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: [])
        let server = try ScriptedServer { peer in
            if !implicit {
                try peer.send("220 hi\r\n")
                try peer.expect("EHLO", answer: "250-m\r\n250 STARTTLS\r\n")
                try peer.expect("STARTTLS", answer: "220 go\r\n")
            }
            try peer.startTLS(foreign)
        }
        let context = try TestPKI.shared.anonymousClientContext(alpn: [])
        let outcome = try await Self.send(to: server, implicit ? .implicitTLS(context) : .startTLS(context))
        guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
    }

    @Test("TLS from the first byte (RFC 8314)")
    func implicit() async throws {
        let context = try Self.server()
        let server = try ScriptedServer { peer in
            try peer.startTLS(context)
            try peer.send("220 hi\r\n")
            for (command, answer) in zip(Self.commands, Self.answers) { try peer.expect(command, answer: answer) }
            let mail = String(decoding: try peer.read(to: "\r\n.\r\n"), as: UTF8.self)
            try peer.send(mail.contains("\r\n..\r\ndots\r\n...end\r\n") ? "250 stuffed\r\n" : "554 not stuffed\r\n")
            try peer.expect("QUIT", answer: "221 bye\r\n")
        }
        let outcome = try await Self.send(to: server, .implicitTLS(try TestPKI.shared.anonymousClientContext(alpn: [])))
        #expect(outcome == .accepted(providerID: "250 stuffed"))
    }

    @Test("a server that never answers holds an attempt only until it is cancelled")
    func cancelled() async throws {
        let (lines, heard) = AsyncStream.makeStream(of: String.self)
        let server = try ScriptedServer { peer in
            try peer.send("220 hi\r\n")
            heard.yield(try peer.line())
            peer.waitForEnd()
            heard.finish()
        }
        let task = Task { try await Self.send(to: server) }
        for await _ in lines { task.cancel() }
        #expect(try await task.value == .failed(reason: "the attempt was cancelled", retryAfter: nil))
    }

    @Test("where nobody listens the mail is sent later")
    func refused() async throws {
        let port = try ScriptedServer.freePort()
        let loop = try EventLoop(name: "mail")
        defer { loop.shutdown() }
        let relay = try SMTPRelay(host: "127.0.0.1", port: port, security: .none, clientName: "app.test")
        guard case .failed = await SMTPSender(relay, on: loop).send(try MailTests.email(), id: MailTests.id) else {
            return #expect(Bool(false))
        }
    }
}
