import Crypto
import Net
import Synchronization
import TLS
import TestSupport
import Testing

@testable import Senders

/// Breakers over real sockets: a port that nobody listens at, and a server that takes connections and never answers.
@Suite("Faults of destinations", .timeLimit(.minutes(10)))
struct DestinationFaultTests {
    enum Channel: CaseIterable, Sendable {
        case mail, textMessage, whatsApp, webhook
    }

    /// A sender of one channel as a server has it: guarded, and renewable.
    private struct Guarded {
        let send: () async -> Outcome
        /// From now on an attempt may take as long as it needs.
        let becomePatient: () throws -> Void

        init<Content: Sendable>(
            _ content: Content, _ watch: Watch, _ make: @escaping (Duration) throws -> any Sender<Content>
        ) throws {
            let renewable = RenewableSender<Content>(try make(.milliseconds(100)))
            let sender = GuardedSender(
                renewable, clock: { watch.now.withLock { $0 } },
                report: { name, change in watch.changes.withLock { $0.append((name, change)) } })
            send = { await sender.send(content, id: MailTests.id) }
            becomePatient = { renewable.replace(with: try make(.seconds(600))) }
        }
    }

    /// The clock of a breaker, and what it has said.
    private final class Watch: Sendable {
        let now = Mutex(MonotonicTime(nanoseconds: 0))
        let changes = Mutex<[(name: String, change: Breaker.Change)]>([])

        var said: [Breaker.Change] { changes.withLock { $0.map(\.change) } }
        func advance(_ time: Duration) { now.withLock { $0 = $0 + time } }
    }

    private static func guarded(_ channel: Channel, port: UInt16, on loop: EventLoop, _ watch: Watch) throws -> Guarded {
        let base = "https://localhost:\(port)"
        let context = try TestPKI.shared.anonymousClientContext(alpn: [])
        func client(_ time: Duration) -> HTTPSClient {
            HTTPSClient(
                context, policy: .any, time: time, on: loop, resolve: { _, port in [try SocketAddress(ip: "127.0.0.1", port: port)] })
        }
        let number = try PhoneNumber("+919876543210")
        switch channel {
        case .mail:
            let relay = try SMTPRelay(host: "127.0.0.1", port: port, security: .none, clientName: "app.test")
            return try Guarded(try MailTests.email(), watch) { SMTPSender(relay, on: loop, time: $0) }
        case .textMessage:
            let account = try TextMessageAccount(base: base, account: "AC0123", token: "t0ken", from: "Shop")
            return try Guarded(try TextMessage(to: number, text: "x"), watch) { TextMessageSender(client($0), account) }
        case .whatsApp:
            let account = try WhatsAppAccount(base: base, version: "v21.0", phoneNumberID: "1", token: "EAAG")
            return try Guarded(try WhatsAppMessage(to: number, .text("x")), watch) { WhatsAppSender(client($0), account) }
        case .webhook:
            let receiver = WebhookReceiver(
                authority: "localhost:\(port)", secrets: [WebhookSecret(unchecked: "x")], policy: .any)
            let event = try WebhookEvent(to: HTTPSAddress("\(base)/"), type: "a", body: [])
            return try Guarded(event, watch) { time in WebhookReceivers([receiver]) { _ in client(time) } }
        }
    }

    @Test(
        "R2 · REL-7 · a port that nobody listens at is left alone after five attempts, of which one word is said",
        arguments: Channel.allCases)
    func closedPort(channel: Channel) async throws {
        let loop = try EventLoop(name: "faults")
        defer { loop.shutdown() }
        let watch = Watch()
        let sender = try Self.guarded(channel, port: try ScriptedServer.freePort(), on: loop, watch)
        for _ in 0..<5 {
            let outcome = await sender.send()
            guard case .failed = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
        for _ in 0..<3 {
            let outcome = await sender.send()
            guard case .deferred(_, .seconds(30)) = outcome else { return #expect(Bool(false), "\(outcome)") }
        }
        #expect(watch.said == [.opened(retryAfter: .seconds(30))])
        // The probe fails as the others did.
        watch.advance(.seconds(30))
        guard case .failed = await sender.send() else { return #expect(Bool(false)) }
        #expect(watch.said == [.opened(retryAfter: .seconds(30)), .opened(retryAfter: .seconds(60))])
    }

    @Test(
        "R2 · REL-7 · a server that never answers is left alone after five attempts, tried by one when its time is over, and then used again",
        arguments: Channel.allCases)
    func slowServer(channel: Channel) async throws {
        let isSlow = Mutex(true)
        let key = TestPKI.shared.server
        let context = try TLSContext.server(certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: [])
        let server = try ScriptedServer { peer in
            if channel != .mail { try peer.startTLS(context) }
            if isSlow.withLock({ $0 }) { return peer.waitForEnd() }
            if channel == .mail {
                try peer.send("220 hi\r\n")
                for (command, answer) in [("EHLO", "250 m"), ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go")] {
                    try peer.expect(command, answer: "\(answer)\r\n")
                }
                _ = try peer.read(to: "\r\n.\r\n")
                try peer.send("250 taken\r\n")
            } else {
                _ = try GatewayTests.Gateway.request(peer)
                try peer.send(GatewayTests.answer("200 OK", "{}"))
            }
            peer.waitForEnd()
        }
        let loop = try EventLoop(name: "faults")
        defer { loop.shutdown() }
        let watch = Watch()
        let sender = try Self.guarded(channel, port: server.port, on: loop, watch)
        for _ in 0..<5 {
            switch await sender.send() {
            // Whether anything went out before the time was over is the machine's affair.
            case .failed, .unknown: continue
            case let outcome: return #expect(Bool(false), "\(outcome)")
            }
        }
        guard case .deferred(_, .seconds(30)) = await sender.send() else { return #expect(Bool(false)) }
        #expect(watch.said == [.opened(retryAfter: .seconds(30))])
        isSlow.withLock { $0 = false }
        try sender.becomePatient()
        guard case .deferred = await sender.send() else { return #expect(Bool(false), "another sender, and the same destination") }
        watch.advance(.seconds(30))
        let outcome = await sender.send()
        guard case .accepted = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(watch.said == [.opened(retryAfter: .seconds(30)), .closed])
        guard case .accepted = await sender.send() else { return #expect(Bool(false)) }
    }

    @Test("webhooks go to known receivers only, to each with its own secrets, and inside only where an operator says so")
    func receivers() async throws {
        let gateway = try GatewayTests.Gateway(GatewayTests.answer("200 OK", ""))
        let port = gateway.server.port
        let (one, other) = (WebhookSecret(unchecked: "one"), WebhookSecret(unchecked: "other"))
        let context = try TestPKI.shared.anonymousClientContext(alpn: [])
        let sender = WebhookReceivers([
            WebhookReceiver(authority: "localhost:\(port)", secrets: [one], policy: .any),
            WebhookReceiver(authority: "127.0.0.1:\(port)", secrets: [other], policy: .any),
            WebhookReceiver(authority: "inside.test:\(port)", secrets: [one]),
        ]) { policy in
            HTTPSClient(context, policy: policy, on: gateway.loop, resolve: { _, port in [try SocketAddress(ip: "127.0.0.1", port: port)] })
        }
        func send(_ host: String) async throws -> Outcome {
            await sender.send(try WebhookEvent(to: HTTPSAddress("https://\(host):\(port)/a"), type: "a", body: [0x31]), id: MailTests.id)
        }
        #expect(try await send("localhost") == .accepted(providerID: nil))
        #expect(try await send("127.0.0.1") == .accepted(providerID: nil))
        guard case .refused = try await send("inside.test") else { return #expect(Bool(false)) }
        guard case .failed = try await send("stranger.test") else { return #expect(Bool(false)) }
        #expect(gateway.server.connections == 2)
        for (request, secret) in zip(gateway.received, [one, other]) {
            let field = try #require(request.split(separator: "\r\n").first { $0.hasPrefix("Webhook-Signature: ") })
            let now = WallClock.system.unixSeconds
            let signed = [one, other].map {
                WebhookSignature.verify(String(field.dropFirst(19)), body: [0x31], secrets: [$0], unixSeconds: now)
            }
            let expected = [one, other].map { $0.sign([], unixSeconds: 0) == secret.sign([], unixSeconds: 0) }
            #expect(signed == expected)
        }
    }
}
