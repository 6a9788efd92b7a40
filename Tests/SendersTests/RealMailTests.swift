import Crypto
import Net
import TestSupport
import Testing

@testable import Senders

/// Mail through Debian's Exim: STARTTLS, a password, pipelining, and what arrives.
@Suite("A real mail server", .timeLimit(.minutes(10)))
struct RealMailTests {
    private static func sender(_ server: EximServer, on loop: EventLoop, password: String = EximServer.password) throws -> SMTPSender {
        let relay = try SMTPRelay(
            host: "127.0.0.1", port: server.port, security: .startTLS(try TestPKI.shared.anonymousClientContext(alpn: [])),
            credentials: .init(user: EximServer.user, password: password), clientName: "app.test")
        return SMTPSender(relay, on: loop)
    }

    private static func email(to recipient: String, subject: String = "Hello", text: String = "x", html: String? = nil) throws -> Email {
        try Email(
            from: Mailbox(name: "Switchboard", MailAddress("us@example.com")), to: Mailbox(MailAddress(recipient)), subject: subject,
            text: text, html: html)
    }

    @Test("what is sent arrives as it was written: text, HTML, subject, dots and long lines")
    func arrives() async throws {
        let server = try await EximServer.start()
        let loop = try EventLoop(name: "mail")
        defer { loop.shutdown() }
        let sender = try Self.sender(server, on: loop)
        let text = ".\r\nनमस्ते, Ünal\r\n..two dots\r\nFrom here\r\n" + String(repeating: "long ", count: 400) + "\r\n"
        let subject = "Réunion à 10 h : नमस्ते and a subject that needs more than one encoded word"
        let email = try Self.email(to: "bob@example.com", subject: subject, text: text, html: "<p>naïve</p>")
        let id = UUIDv7Generator.system.next()
        guard case .accepted(let name) = await sender.send(email, id: id) else { return #expect(Bool(false), "\(server.log())") }
        #expect(name?.hasPrefix("250 OK id=") == true)
        let mail = try #require(try await server.mails(1).first)
        #expect(mail.contains("Return-path: <us@example.com>"))
        #expect(mail.contains("Message-ID: <\(id)@example.com>"))
        #expect(mail.contains { $0.hasPrefix("Content-Type: multipart/alternative") })
        let start = try #require(mail.firstIndex { $0.hasPrefix("Subject:") })
        let end = try #require(mail[(start + 1)...].firstIndex { !$0.hasPrefix(" ") })
        #expect(Decoded.subject(mail[start..<end].joined(separator: "\r\n")) == subject)
        let part = try #require(mail.firstIndex { $0.hasPrefix("Content-Type: text/plain") })
        let last = try #require(mail[part...].firstIndex { $0.hasPrefix("--=_") })
        let body = mail[(part + 3)..<last].map { $0.hasPrefix(">From ") ? String($0.dropFirst()) : $0 }.joined(separator: "\r\n")
        #expect(Decoded.quotedPrintable(Array((body + "\r\n").utf8)) == text)
        #expect(server.log().contains("P=esmtpsa"), "it came over TLS, with a password: \(server.log())")
    }

    @Test("what the server says of recipients and passwords becomes the outcome")
    func outcomes() async throws {
        let server = try await EximServer.start()
        let loop = try EventLoop(name: "mail")
        defer { loop.shutdown() }
        let sender = try Self.sender(server, on: loop)
        let id = MailTests.id
        #expect(
            await sender.send(try Self.email(to: "nobody@example.com"), id: id)
                == .refused(reason: "the mail server does not take the recipient: 550 No such mailbox"))
        #expect(
            await sender.send(try Self.email(to: "later@example.com"), id: id)
                == .failed(reason: "the mail server does not take the recipient: 451 Try again later", retryAfter: nil))
        #expect(
            await sender.send(try Self.email(to: "bob@elsewhere.test"), id: id)
                == .refused(reason: "the mail server does not take the recipient: 550 We are no relay"))
        let stranger = try Self.sender(server, on: loop, password: "guess")
        #expect(
            await stranger.send(try Self.email(to: "bob@example.com"), id: id)
                == .failed(reason: "the mail server does not take our user and password: 535", retryAfter: nil))
        #expect(server.mailbox().isEmpty)
        // RFC 6531: the address goes through as it is written.
        guard case .accepted = await sender.send(try Self.email(to: "बॉब@example.com"), id: id) else {
            return #expect(Bool(false), "\(server.log())")
        }
        #expect(try await server.mails(1)[0].contains("To: <बॉब@example.com>"))
    }

    @Test("fifty at once are all accepted, and all arrive once")
    func many() async throws {
        let server = try await EximServer.start()
        let loop = try EventLoop(name: "mail")
        defer { loop.shutdown() }
        let sender = try Self.sender(server, on: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let outcome = await sender.send(
                        try Self.email(to: "bob@example.com", subject: "Number \(number)"), id: UUIDv7Generator.system.next())
                    guard case .accepted = outcome else { throw ProgramFailure("\(outcome)") }
                }
            }
            try await group.waitForAll()
        }
        let subjects = try await server.mails(50).flatMap { $0 }.filter { $0.hasPrefix("Subject: ") }
        #expect(Set(subjects).count == 50 && subjects.count == 50)
    }
}
