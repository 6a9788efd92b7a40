import Crypto
import Net
import Synchronization
import TLS
import TestSupport
import Testing

@testable import Senders

/// Text messages, WhatsApp and webhooks against a server that answers what providers have answered: their documentation's own examples.
@Suite("Gateways", .timeLimit(.minutes(10)))
struct GatewayTests {
    /// Takes one request on each connection, keeps it, and answers.
    final class Gateway: Sendable {
        let server: ScriptedServer
        let loop: EventLoop
        private let requests: Requests

        private final class Requests: Sendable {
            let all = Mutex<[String]>([])
        }

        init(_ answer: String, head: String = "") throws {
            let requests = Requests()
            self.requests = requests
            let key = TestPKI.shared.server
            let context = try TLSContext.server(
                certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: [])
            server = try ScriptedServer { peer in
                try peer.startTLS(context)
                let request = String(decoding: try Self.request(peer), as: UTF8.self)
                requests.all.withLock { $0.append(request) }
                if !answer.isEmpty { try peer.send(answer) }
            }
            loop = try EventLoop(name: "https")
        }

        deinit { loop.shutdown() }

        static func request(_ peer: ScriptedPeer) throws -> [UInt8] {
            let head = try peer.read(to: "\r\n\r\n")
            let text = String(decoding: head, as: UTF8.self)
            let length = text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
            return head + (try peer.read(count: length))
        }

        func client(_ policy: AddressPolicy = .any) throws -> HTTPSClient {
            let port = server.port
            return HTTPSClient(
                try TestPKI.shared.anonymousClientContext(alpn: []), policy: policy, on: loop,
                resolve: { _, _ in [try SocketAddress(ip: "127.0.0.1", port: port)] })
        }

        var base: String { "https://localhost:\(server.port)" }
        var received: [String] { requests.all.withLock { $0 } }
    }

    static func answer(_ status: String, _ body: String, _ fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\(fields)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    // MARK: Text messages

    private static func text() throws -> TextMessage {
        try TextMessage(to: PhoneNumber("+919876543210"), text: "Your order & bill: ₹ 5,000")
    }

    @Test("a text message, byte for byte, and the provider's name for it")
    func sms() async throws {
        let gateway = try Gateway(
            Self.answer(
                "201 Created",
                #"{"account_sid":"ACabc","sid":"SM0123456789abcdef","status":"queued","num_segments":"1","error_code":null,"price":null}"#))
        let sender = try TextMessageSender(
            gateway.client(), TextMessageAccount(base: gateway.base, account: "AC0123", token: "t0ken", from: "+15017122661"))
        #expect(await sender.send(try Self.text(), id: MailTests.id) == .accepted(providerID: "SM0123456789abcdef"))
        #expect(
            gateway.received
                == [
                    "POST /2010-04-01/Accounts/AC0123/Messages.json HTTP/1.1\r\nHost: localhost:\(gateway.server.port)\r\n"
                        + "Authorization: Basic QUMwMTIzOnQwa2Vu\r\nContent-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n"
                        + "Content-Length: 94\r\nConnection: close\r\n\r\n"
                        + "To=%2B919876543210&From=%2B15017122661&Body=Your+order+%26+bill%3A+%E2%82%B9+5%2C000"
                ].map { $0.replacing("Content-Length: 94", with: "Content-Length: \($0.split(separator: "\r\n\r\n")[1].utf8.count)") })
    }

    private static let smsAnswers: [(String, String)] = [
        (
            answer(
                "400 Bad Request",
                #"{"code":21211,"message":"The 'To' number is not a valid phone number.","more_info":"https://x","status":400}"#), "refused"
        ),
        (answer("400 Bad Request", #"{"code":20429,"message":"Too Many Requests","status":429}"#), "failed"),
        (answer("429 Too Many Requests", #"{"code":20429,"message":"Too Many Requests","status":429}"#, "Retry-After: 7\r\n"), "failed 7"),
        (answer("401 Unauthorized", #"{"code":20003,"message":"Authenticate","status":401}"#), "failed"),
        (answer("503 Service Unavailable", "<html>busy</html>", "Retry-After: 9\r\n"), "failed 9"),
        (answer("504 Gateway Timeout", "<html>504 Gateway Time-out</html>"), "unknown"),
        (answer("502 Bad Gateway", "<html>502 Bad Gateway</html>"), "unknown"),
        (answer("500 Internal Server Error", #"{"code":20500,"message":"Internal Server Error","status":500}"#), "unknown"),
        (answer("500 Internal Server Error", #"{"code":14107,"message":"Rate limit exceeded","status":500}"#), "failed"),
        (answer("408 Request Timeout", ""), "unknown"),
        (answer("302 Found", "", "Location: https://169.254.169.254/\r\n"), "refused"),
        (answer("201 Created", "no json"), "accepted"), ("HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{\"sid\"", "accepted"),
        ("garbage\r\n\r\n", "unknown"), ("", "unknown"),
    ]

    @Test("R2 · each answer of a gateway has its outcome", arguments: 0..<15)
    func smsOutcomes(index: Int) async throws {
        let (answer, expected) = Self.smsAnswers[index]
        let gateway = try Gateway(answer)
        let sender = try TextMessageSender(
            gateway.client(), TextMessageAccount(base: gateway.base, account: "AC0123", token: "t0ken", from: "Shop"))
        #expect(Self.word(await sender.send(try Self.text(), id: MailTests.id)) == expected, "\(answer)")
        #expect(gateway.server.connections == 1, "nothing is sent twice, and no redirection is followed")
    }

    private static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .accepted: "accepted"
        case .refused: "refused"
        case .failed(_, let retryAfter): retryAfter.map { "failed \($0.components.seconds)" } ?? "failed"
        case .unknown: "unknown"
        case .deferred: "deferred"
        }
    }

    @Test("text messages have a length", arguments: [(1, true), (1_600, true), (1_601, false), (0, false)])
    func lengths(count: Int, fits: Bool) throws {
        let text = String(repeating: "न", count: count)
        #expect(((try? TextMessage(to: PhoneNumber("+919876543210"), text: text)) != nil) == fits)
    }

    @Test(
        "telephone numbers",
        arguments: ["919876543210", "+0123456789", "+123456789", "+1234567890123456", "+91 98765 43210", "", "+", "+91987654321a"])
    func numbers(text: String) {
        #expect(throws: SenderError.self) { try PhoneNumber(text) }
    }

    // MARK: WhatsApp

    @Test("WhatsApp: free text and a template, byte for byte, and Meta's name for them")
    func whatsApp() async throws {
        let gateway = try Gateway(
            Self.answer(
                "200 OK",
                #"{"messaging_product":"whatsapp","contacts":[{"input":"919876543210","wa_id":"919876543210"}],"messages":[{"id":"wamid.HBgL"}]}"#
            ))
        let sender = try WhatsAppSender(
            gateway.client(), WhatsAppAccount(base: gateway.base, version: "v21.0", phoneNumberID: "106540352242922", token: "EAAG"))
        let to = try PhoneNumber("+919876543210")
        #expect(
            await sender.send(try WhatsAppMessage(to: to, .text("A \"quote\"\nand नमस्ते")), id: MailTests.id)
                == .accepted(providerID: "wamid.HBgL"))
        _ = await sender.send(
            try WhatsAppMessage(to: to, .template(name: "bill", language: "en_US", parameters: ["Ada", "5,000"])), id: MailTests.id)
        let bodies = gateway.received.map { String($0.split(separator: "\r\n\r\n", maxSplits: 1)[1]) }
        #expect(
            bodies == [
                #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"919876543210","type":"text","text":{"preview_url":false,"body":"A \"quote\"\nand नमस्ते"}}"#,
                #"{"messaging_product":"whatsapp","recipient_type":"individual","to":"919876543210","type":"template","template":{"name":"bill","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ada"},{"type":"text","text":"5,000"}]}]}}"#,
            ])
        let head = try #require(gateway.received.first?.split(separator: "\r\n\r\n")[0].split(separator: "\r\n"))
        #expect(
            head.prefix(5) == [
                "POST /v21.0/106540352242922/messages HTTP/1.1", "Host: localhost:\(gateway.server.port)", "Authorization: Bearer EAAG",
                "Content-Type: application/json", "Accept: application/json",
            ])
    }

    @Test(
        "WhatsApp's errors: rates and faults pass, a bad recipient does not",
        arguments: [
            (131_030, "400 Bad Request", "refused"), (130_429, "400 Bad Request", "failed"), (131_056, "400 Bad Request", "failed"),
            (190, "401 Unauthorized", "failed"), (131_026, "400 Bad Request", "refused"), (131_000, "500 Internal Server Error", "failed"),
        ])
    func whatsAppErrors(code: Int, status: String, expected: String) async throws {
        let gateway = try Gateway(
            Self.answer(
                status,
                #"{"error":{"message":"(#\#(code)) Something","type":"OAuthException","code":\#(code),"error_data":{"messaging_product":"whatsapp","details":"x"},"fbtrace_id":"Az8"}}"#
            ))
        let sender = try WhatsAppSender(
            gateway.client(), WhatsAppAccount(base: gateway.base, version: "v21.0", phoneNumberID: "1", token: "EAAG"))
        let outcome = await sender.send(try WhatsAppMessage(to: PhoneNumber("+919876543210"), .text("x")), id: MailTests.id)
        #expect(Self.word(outcome) == expected)
    }

    // MARK: Webhooks

    @Test("2.6 · the signature is Stripe's, by its checked vector, and each change of it or of the body is found")
    func signature() throws {
        let secret = WebhookSecret(unchecked: "whsec_test_secret")
        let body = Array(#"{"id":"evt_1","type":"invoice.paid"}"#.utf8)
        let header = WebhookSignature.header(body, secrets: [secret], unixSeconds: 1_700_000_000)
        #expect(header == "t=1700000000,v1=46dc069361a7691082640523fa33fe5d6c8c88d5f5e257cdf8cf11539d166595")
        func verifies(_ header: String, _ body: [UInt8] = body, _ secrets: [WebhookSecret] = [secret], at time: Int64 = 1_700_000_000)
            -> Bool
        {
            WebhookSignature.verify(header, body: body, secrets: secrets, unixSeconds: time)
        }
        let other = WebhookSecret(unchecked: "whsec_another")
        #expect(verifies(header) && verifies(header, at: 1_700_000_300) && verifies(header, at: 1_699_999_700))
        #expect(!verifies(header, at: 1_700_000_301) && !verifies(header, at: 1_699_999_699) && !verifies(header, at: .min))
        #expect(!verifies(header, body + [0x20]) && !verifies(header, body, [other]) && !verifies(header, body, []))
        #expect(verifies(header, body, [other, secret]))
        #expect(verifies(WebhookSignature.header(body, secrets: [other, secret], unixSeconds: 1_700_000_000)))
        for position in header.utf8.indices where header.utf8[position] != UInt8(ascii: ",") {
            var bytes = Array(header.utf8)
            let index = header.utf8.distance(from: header.utf8.startIndex, to: position)
            bytes[index] = bytes[index] == UInt8(ascii: "5") ? UInt8(ascii: "6") : UInt8(ascii: "5")
            #expect(!verifies(String(decoding: bytes, as: UTF8.self)), "byte \(index)")
        }
        for bad in ["", "t=1700000000", "v1=46", "t=1700000000,t=1700000000,v1=46", "t=+1700000000," + header.dropFirst(13), "x"] {
            #expect(!verifies(bad))
        }
    }

    @Test("a webhook arrives signed by all active secrets, with an id that is the same in every attempt")
    func webhook() async throws {
        let gateway = try Gateway(Self.answer("200 OK", ""))
        let secrets = [try WebhookSecret("whsec_new_0123456789abcdef"), try WebhookSecret("whsec_old_0123456789abcdef")]
        let sender = WebhookSender(try gateway.client(), clock: WallClock { 1_700_000_000_000_000 }) { _ in secrets }
        let body = #"{"id":"evt_1","name":"नमस्ते"}"#
        let event = try WebhookEvent(to: HTTPSAddress("\(gateway.base)/hooks?a=b"), type: "lead.created", body: Array(body.utf8))
        for _ in 0..<2 { #expect(await sender.send(event, id: MailTests.id) == .accepted(providerID: nil)) }
        let received = gateway.received
        #expect(received.count == 2 && received[0] == received[1])
        let parts = received[0].split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(parts[1] == body)
        let fields = parts[0].split(separator: "\r\n").map(String.init)
        #expect(
            fields[0] == "POST /hooks?a=b HTTP/1.1" && fields.contains("Webhook-Id: \(MailTests.id)")
                && fields.contains("Webhook-Event: lead.created"))
        let signature = try #require(fields.first { $0.hasPrefix("Webhook-Signature: ") }).dropFirst("Webhook-Signature: ".count)
        for secret in secrets {
            #expect(WebhookSignature.verify(String(signature), body: Array(body.utf8), secrets: [secret], unixSeconds: 1_700_000_100))
        }
    }

    @Test(
        "receivers' answers: 410 is for ever, all else that is no 2xx is tried again",
        arguments: [
            ("204 No Content", "accepted"), ("301 Moved", "failed"), ("400 Bad", "failed"), ("410 Gone", "refused"), ("500 x", "failed"),
            ("504 x", "failed"),
        ])
    func receivers(status: String, expected: String) async throws {
        let gateway = try Gateway("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nLocation: https://127.0.0.1/\r\n\r\n")
        let sender = WebhookSender(try gateway.client()) { _ in [WebhookSecret(unchecked: "x")] }
        let event = try WebhookEvent(to: HTTPSAddress("\(gateway.base)/"), type: "a", body: [])
        #expect(Self.word(await sender.send(event, id: MailTests.id)) == expected)
        #expect(gateway.server.connections == 1)
    }

    @Test("TST-6 A10 · a name that leads inside is not connected to, whatever else it leads to")
    func inside() async throws {
        let gateway = try Gateway(Self.answer("200 OK", ""))
        let sender = WebhookSender(try gateway.client(.publicOnly)) { _ in [WebhookSecret(unchecked: "x")] }
        let event = try WebhookEvent(to: HTTPSAddress("\(gateway.base)/"), type: "a", body: [])
        guard case .refused = await sender.send(event, id: MailTests.id) else { return #expect(Bool(false)) }
        #expect(gateway.server.connections == 0)
    }

    @Test("SEC · a receiver with the wrong certificate gets nothing, and nothing is ever sent unsigned")
    func untrusted() async throws {
        let gateway = try Gateway(Self.answer("200 OK", ""))
        let event = try WebhookEvent(to: HTTPSAddress("https://elsewhere.test:\(gateway.server.port)/"), type: "a", body: [])
        let sender = WebhookSender(try gateway.client()) { _ in [WebhookSecret(unchecked: "x")] }
        #expect(Self.word(await sender.send(event, id: MailTests.id)) == "failed")
        let unsigned = WebhookSender(try gateway.client()) { _ in [] }
        #expect(Self.word(await unsigned.send(event, id: MailTests.id)) == "failed")
        #expect(gateway.received.isEmpty)
    }
}
