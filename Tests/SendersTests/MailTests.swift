import Crypto
import TestSupport
import Testing

@testable import Senders

struct MailTests {
    static let id = UUIDv7(unixNanoseconds: 1_700_000_000_000_000_000, random: 7)

    static func email(
        subject: String = "Hello", text: String = "Good day.", html: String? = nil, name: String = "Ada Lovelace",
        fields: [HeaderField] = []
    ) throws -> Email {
        try Email(
            from: Mailbox(name: "Switchboard", MailAddress("us@app.test")), to: Mailbox(name: name, MailAddress("bob@example.com")),
            subject: subject, text: text, html: html, fields: fields)
    }

    @Test("a plain mail, byte for byte")
    func plain() throws {
        let text = String(decoding: MIMEMessage.bytes(try Self.email(), id: Self.id, unixSeconds: 1_700_000_000), as: UTF8.self)
        #expect(
            text.split(separator: "\r\n", omittingEmptySubsequences: false) == [
                "Date: Tue, 14 Nov 2023 22:13:20 +0000", "Message-ID: <018bcfe5-6800-7000-8000-000000000007@app.test>",
                "From: \"Switchboard\" <us@app.test>", "To: \"Ada Lovelace\" <bob@example.com>", "Subject: Hello", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "Good day.", "",
            ])
    }

    @Test("a mail with HTML holds both forms, between boundaries that neither can hold")
    func alternative() throws {
        let email = try Self.email(text: "--=_\(Self.id)--", html: "<p>नमस्ते</p>")
        let text = String(decoding: MIMEMessage.bytes(email, id: Self.id, unixSeconds: 0), as: UTF8.self)
        #expect(text.contains("Content-Type: multipart/alternative;\r\n boundary=\"=_\(Self.id)\"\r\n\r\n--=_\(Self.id)\r\n"))
        #expect(text.components("--=_\(Self.id)\r\n") == 3 && text.components("--=_\(Self.id)--\r\n") == 2)
        #expect(text.contains("<p>=E0=A4=A8=E0=A4=AE=E0=A4=B8=E0=A5=8D=E0=A4=A4=E0=A5=87</p>\r\n"))
    }

    @Test(
        "SEC-7 · nothing that a caller writes begins a header of its own",
        arguments: ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\u{0}b", "a\u{85}b", "a\u{2028}b", "a\u{1B}b"])
    func injection(text: String) throws {
        #expect(throws: SenderError.self) { try Self.email(subject: text) }
        #expect(throws: SenderError.self) { try Self.email(name: text) }
        #expect(throws: SenderError.self) { try HeaderField("X-Note", text) }
        #expect(throws: SenderError.self) { try HeaderField("X-\(text)", "a") }
        #expect(throws: SenderError.self) { try MailAddress("\(text)@example.com") }
        #expect(throws: SenderError.self) { try MailAddress("a@\(text).com") }
    }

    @Test(
        "header fields that the sender writes itself are refused",
        arguments: ["From", "bcc", "Content-Type", "Message-ID", "DKIM-Signature", "", "A B", "A:"])
    func reserved(name: String) {
        #expect(throws: SenderError.self) { try HeaderField(name, "x") }
    }

    @Test("a field of one's own is written as it is")
    func field() throws {
        let email = try Self.email(fields: [try HeaderField("List-Unsubscribe", "<https://app.test/u/1>")])
        let text = String(decoding: MIMEMessage.bytes(email, id: Self.id, unixSeconds: 0), as: UTF8.self)
        #expect(text.contains("\r\nList-Unsubscribe: <https://app.test/u/1>\r\n"))
    }

    @Test(
        "addresses",
        arguments: ["a@b.co", "first.last+tag@sub.example.com", "o'hara@example.com", "बॉब@उदाहरण.भारत", "a@xn--p1b6ci4b4b3a.xn--h2brj9c"])
    func addresses(text: String) throws {
        #expect(try MailAddress(text).description == text)
    }

    @Test(
        "what is no address",
        arguments: [
            "", "a", "@b.co", "a@", "a@b", "a@@b.co", "a b@c.co", "a@b..co", ".a@b.co", "a.@b.co", "a@-b.co", "a@b-.co", "<a@b.co>",
            "a@b.co>",
            "a@b.co\r\nRCPT TO:<eve@example.com>", "\"a b\"@c.co", "a@[127.0.0.1]", "a,b@c.co", String(repeating: "a", count: 65) + "@b.co",
            "a@" + String(repeating: "b", count: 64) + ".co", "a@" + String(repeating: "b.", count: 130) + "co",
        ])
    func malformed(text: String) {
        #expect(throws: SenderError.self) { try MailAddress(text) }
    }

    @Test("a name with quotes is quoted, one outside ASCII is encoded")
    func names() {
        #expect(HeaderText.phrase("Ada \"the\" \\ one") == ["\"Ada \\\"the\\\" \\\\ one\""])
        #expect(HeaderText.phrase("Ünal") == ["=?UTF-8?B?w5xuYWw=?="])
        #expect(HeaderText.phrase("=?UTF-8?B?eA==?=") == ["=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?="])
    }

    @Test("R12 · random text: encoded words and quoted-printable give it back, and no line is too long")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let letters = Array("abc XYZ=?_. \t€नéß🙂\"\\")
        for _ in 0..<300 {
            let subject = String(
                (0..<Int.random(in: 1...120, using: &random)).map { _ in
                    letters.randomElement(using: &random)! == "\t" ? "x" : letters.randomElement(using: &random)!
                }
            ).replacingTabs
            let header = HeaderText.field("Subject", HeaderText.unstructured(subject))
            #expect(header.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 }, "seed \(seed)")
            #expect(header.split(separator: "\r\n").dropFirst().allSatisfy { $0.hasPrefix(" ") }, "seed \(seed)")
            #expect(Decoded.subject(header) == subject, "seed \(seed)")
            var body = ""
            for _ in 0..<Int.random(in: 0...300, using: &random) {
                body += Int.random(in: 0..<12, using: &random) == 0 ? "\r\n" : String(letters.randomElement(using: &random)!)
            }
            let encoded = QuotedPrintable.encode(body)
            let lines = String(decoding: encoded, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasSuffix(" ") && !$0.hasSuffix("\t") }, "seed \(seed)")
            #expect(encoded.allSatisfy { $0 < 0x80 }, "seed \(seed)")
            let decoded = Decoded.quotedPrintable(encoded)
            #expect(decoded == body + (body.hasSuffix("\r\n") ? "" : "\r\n"), "seed \(seed)")
        }
    }

    @Test("each of CRLF, CR and LF ends a line, and becomes CRLF")
    func lineEnds() {
        #expect(String(decoding: QuotedPrintable.encode("a\nb\rc\r\nd \n"), as: UTF8.self) == "a\r\nb\r\nc\r\nd=20\r\n")
    }

    @Test("dots at the beginning of lines are doubled, others are not")
    func dots() {
        #expect(String(decoding: DotStuffing.stuff(Array(".a\r\n..\r\nb.\r\n.\r\n".utf8)), as: UTF8.self) == "..a\r\n...\r\nb.\r\n..\r\n")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> Int { split(separator: separator, omittingEmptySubsequences: false).count }
    fileprivate var replacingTabs: String { String(map { $0 == "\t" ? "x" : $0 }) }
}

/// What a reader of mail makes of it.
enum Decoded {
    /// RFC 2047: space between two encoded words is none.
    static func subject(_ header: String) -> String {
        let unfolded = header.dropFirst("Subject: ".count).split(separator: "\r\n").joined()
        guard unfolded.hasPrefix("=?UTF-8?B?") else { return String(unfolded) }
        var bytes: [UInt8] = []
        for word in unfolded.split(separator: " ") {
            bytes += Base64.decode(String(word.dropFirst("=?UTF-8?B?".count).dropLast(2)), padding: .required) ?? []
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func quotedPrintable(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "="), index + 2 < bytes.count {
                let pair = String(decoding: bytes[index + 1...index + 2], as: UTF8.self)
                if let byte = UInt8(pair, radix: 16) { output.append(byte) }
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
