import Testing

@testable import Senders

struct SMTPReplyTests {
    private static func read(_ text: String, at count: Int = .max) throws -> [SMTPReply] {
        var reader = SMTPReplyReader()
        var replies: [SMTPReply] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
            while let reply = try reader.next() { replies.append(reply) }
        }
        return replies
    }

    @Test("replies of one line and of many are read, however their bytes are cut", arguments: [1, 2, 3, 7, Int.max])
    func replies(at count: Int) throws {
        let text = "220 mail.test ready\r\n250-mail.test\r\n250-SIZE 1000\r\n250 HELP\r\n354\r\n250 a - b\r\n"
        #expect(
            try Self.read(text, at: count) == [
                SMTPReply(code: 220, lines: ["mail.test ready"]), SMTPReply(code: 250, lines: ["mail.test", "SIZE 1000", "HELP"]),
                SMTPReply(code: 354, lines: [""]), SMTPReply(code: 250, lines: ["a - b"]),
            ])
    }

    @Test(
        "what is no reply is an error",
        arguments: [
            "hello\r\n", "\r\n", "25\r\n", "25x ok\r\n", "150 early\r\n", "650 late\r\n", "2500 ok\r\n", "250 ok\n", "250-a\r\n251 b\r\n",
            "HTTP/1.1 400 Bad Request\r\n", "\u{0}\u{1}\u{2}\r\n",
        ])
    func garbage(text: String) {
        #expect(throws: SenderError.self) { try Self.read(text) }
    }

    @Test("a line without end and a reply without end are given up")
    func endless() {
        #expect(throws: SenderError.self) { try Self.read("250 " + String(repeating: "a", count: 2_000)) }
        #expect(throws: SenderError.self) { try Self.read("250 " + String(repeating: "a", count: 1_100) + "\r\n") }
        #expect(throws: SenderError.self) { try Self.read(String(repeating: "250-a\r\n", count: 200)) }
    }

    @Test("what a server says goes into a log as one line of printable characters")
    func summary() {
        let reply = SMTPReply(code: 550, lines: ["no \u{1B}[31msuch\u{202E} user " + String(repeating: "x", count: 900)])
        #expect(reply.summary.hasPrefix("550 no ?[31msuch? user xxx"))
        #expect(reply.summary.utf8.count <= 300)
    }
}
