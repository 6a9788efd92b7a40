import Crypto
import Net
import Postgres
import TLS
import TestSupport
import Testing

@testable import Senders

@Suite("Deliveries", .timeLimit(.minutes(10)))
struct DeliveryTests {
    private static func messages() throws -> [OutboundMessage] {
        let us = try Mailbox(name: "Ünal \"the\" Shop", MailAddress("us@example.com"))
        let phone = try PhoneNumber("+919876543210")
        return [
            .email(
                try Email(
                    from: us, to: Mailbox(name: "Bob", MailAddress("bob@example.com")), replyTo: us, subject: "नमस्ते",
                    text: "a\r\n'b\" {c,d}\\",
                    html: "<p>x</p>", fields: [try HeaderField("List-Unsubscribe", "<https://a.test>"), try HeaderField("X-A", "b")])),
            .email(try MailTests.email()), .textMessage(try TextMessage(to: phone, text: "₹ 5")),
            .whatsApp(try WhatsAppMessage(to: phone, .text("x"))),
            .whatsApp(try WhatsAppMessage(to: phone, .template(name: "bill", language: "en_US", parameters: ["a", "b", "a"]))),
            .whatsApp(try WhatsAppMessage(to: phone, .template(name: "hello", language: "hi", parameters: []))),
            .webhook(
                try WebhookEvent(to: HTTPSAddress("https://hooks.example.com/a?b=c"), type: "lead.created", body: Array(#"{"a":"b"}"#.utf8))
            ),
        ]
    }

    @Test("a message is the same when it comes back from the database, in every channel", arguments: 0..<7)
    func stored(index: Int) async throws {
        let message = try Self.messages()[index]
        try await SendersWorld.with { (world) async throws in
            let delivery = try Delivery(message, dedupeKey: "one")
            try await world.enqueue(delivery)
            let deliveries = Deliveries(world.database, ChannelSenders(), clock: world.clock.wall)
            let record = try #require(try await deliveries.record(delivery.id, world.scope()))
            #expect(record.state == .queued && record.attempt == 0)
            let now = Timestamptz(unixMicroseconds: world.clock.now)
            let claimed: ClaimedDelivery = try await world.database.batch(world.scope()) {
                $0.one(.beginDelivery(delivery.id, until: now, now: now))
            }
            #expect(try claimed.message() == message)
        }
    }

    @Test("a row that somebody has changed is checked as a caller is", arguments: ["email", "sms", "whatsapp", "webhook", "fax"])
    func tampered(channel: String) {
        #expect(throws: SenderError.self) {
            try OutboundMessage(
                channel: channel, recipient: "bob@example.com\r\nBcc: eve@example.com",
                fields: ["from", "us@example.com", "subject", "x", "text", "x", "type", "a"])
        }
    }

    @Test("each outcome has its state, and only a failed message is sent again")
    func outcomes() async throws {
        let cases: [(Outcome, DeliveryState, sends: Int)] = [
            (.accepted(providerID: "SM1"), .accepted, 1), (.refused(reason: "no"), .refused, 1), (.unknown(reason: "?"), .unknown, 1),
            (.failed(reason: "later", retryAfter: .seconds(5)), .queued, 2),
            (.deferred(reason: "full", retryAfter: .seconds(1)), .queued, 2),
        ]
        try await SendersWorld.with { (world) async throws in
            for (index, (outcome, state, sends)) in cases.enumerated() {
                let sender = FakeSender<TextMessage> { _ in outcome }
                let deliveries = Deliveries(world.database, ChannelSenders(textMessage: sender), clock: world.clock.wall)
                let delivery = try Delivery(try Self.messages()[2], dedupeKey: "case \(index)")
                try await world.enqueue(delivery)
                let first = try await deliveries.deliver(delivery.id, world.scope())
                let second = try await deliveries.deliver(delivery.id, world.scope())
                #expect(first == second)
                #expect(sender.sent.count == sends && sender.sent.allSatisfy { $0.id == delivery.id })
                let record = try #require(try await deliveries.record(delivery.id, world.scope()))
                #expect(record.state == state && record.attempt == sends)
                #expect(record.providerID == (state == .accepted ? "SM1" : nil))
                switch (outcome, first) {
                case (.failed(let reason, let pause), .failed(let told, let after)):
                    #expect(reason == told && pause == after && record.reason == reason)
                case (.deferred(let reason, let pause), .deferred(let told, let after)): #expect(reason == told && pause == after)
                default: #expect(first == .ended(state))
                }
            }
        }
    }

    @Test("R2 · a gateway's proxy that says 504 may have passed the message on: it is UNKNOWN, and not sent a second time")
    func proxied() async throws {
        let gateway = try GatewayTests.Gateway(GatewayTests.answer("504 Gateway Timeout", "<html>504 Gateway Time-out</html>"))
        try await SendersWorld.with { (world) async throws in
            let sender = try TextMessageSender(
                gateway.client(), TextMessageAccount(base: gateway.base, account: "AC0123", token: "t0ken", from: "Shop"))
            let deliveries = Deliveries(world.database, ChannelSenders(textMessage: sender), clock: world.clock.wall)
            let delivery = try Delivery(try Self.messages()[2], dedupeKey: "k")
            try await world.enqueue(delivery)
            for _ in 0..<2 { #expect(try await deliveries.deliver(delivery.id, world.scope()) == .ended(.unknown)) }
            #expect(gateway.server.connections == 1)
        }
    }

    @Test("messages that nothing has happened to for 30 days are removed, of all tenants and in any state, by rounds")
    func purged() async throws {
        try await SendersWorld.with { (world) async throws in
            func daysAgo(_ days: Int64) -> Int64 { WallClock.system.unixMicroseconds() - days * 86_400 * 1_000_000 }
            for (tenant, days) in [("a", Int64(31)), ("a", 29), ("b", 31)] {
                let delivery = try Delivery(try Self.messages()[2], dedupeKey: "\(days)")
                try await world.database.batch(world.scope(tenant)) { $0.enqueue(delivery.insertion(at: daysAgo(days))) }
            }
            let round: Int = try await world.database.batch(world.scope(nil)) { $0.one("SELECT delivery_purge(1)") }
            #expect(round == 1)
            #expect(try await Deliveries.purge(world.database) == 1)
            #expect(try await Deliveries.purge(world.database) == 0)
            let left: [String] = try await world.database.batch(world.scope()) { $0.all("SELECT dedupe_key FROM delivery") }
            #expect(left == ["29"])
        }
    }

    @Test("a name that was used already sends nothing more, and another tenant's names are its own")
    func dedupe() async throws {
        try await SendersWorld.with { (world) async throws in
            let message = try Self.messages()[2]
            let (first, second, third) = (
                try Delivery(message, dedupeKey: "k"), try Delivery(message, dedupeKey: "k"), try Delivery(message, dedupeKey: "k")
            )
            try await world.enqueue(first)
            try await world.enqueue(second)
            try await world.enqueue(third, tenant: "b")
            let sender = FakeSender<TextMessage>()
            let deliveries = Deliveries(world.database, ChannelSenders(textMessage: sender), clock: world.clock.wall)
            #expect(try await deliveries.deliver(first.id, world.scope()) == .ended(.accepted))
            #expect(try await deliveries.deliver(second.id, world.scope()) == .missing)
            #expect(try await deliveries.deliver(third.id, world.scope()) == .missing, "it is another tenant's")
            #expect(try await deliveries.deliver(third.id, world.scope("b")) == .ended(.accepted))
            #expect(sender.sent.map(\.id) == [first.id, third.id])
            #expect(throws: SenderError.self) { try Delivery(message, dedupeKey: "") }
            #expect(throws: SenderError.self) { try Delivery(message, dedupeKey: String(repeating: "k", count: 201)) }
        }
    }

    @Test("of many who deliver one message at once one sends it")
    func race() async throws {
        try await SendersWorld.with { (world) async throws in
            let delivery = try Delivery(try Self.messages()[2], dedupeKey: "k")
            try await world.enqueue(delivery)
            let sender = FakeSender<TextMessage>()
            let deliveries = Deliveries(world.database, ChannelSenders(textMessage: sender), clock: world.clock.wall)
            let scope = world.scope()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await deliveries.deliver(delivery.id, scope) } }
                try await group.waitForAll()
            }
            #expect(sender.sent.count == 1)
        }
    }

    @Test("REL · the row is SENDING, and committed, before the sender is called; while it runs nobody else sends")
    func marked() async throws {
        try await SendersWorld.with { (world) async throws in
            let (started, start) = AsyncStream.makeStream(of: Void.self)
            let (released, release) = AsyncStream.makeStream(of: Void.self)
            let sender = FakeSender<TextMessage> { _ in
                start.yield()
                for await _ in released { break }
                return .accepted(providerID: nil)
            }
            let deliveries = Deliveries(world.database, ChannelSenders(textMessage: sender), clock: world.clock.wall)
            let delivery = try Delivery(try Self.messages()[2], dedupeKey: "k")
            try await world.enqueue(delivery)
            let scope = world.scope()
            let attempt = Task { try await deliveries.deliver(delivery.id, scope) }
            for await _ in started { break }
            #expect(try await deliveries.record(delivery.id, scope)?.state == .sending)
            guard case .deferred(_, .seconds(960)) = try await deliveries.deliver(delivery.id, scope) else { return #expect(Bool(false)) }
            // The end is written though the caller has gone.
            attempt.cancel()
            release.yield()
            #expect(try await attempt.value == .ended(.accepted))
            #expect(try await deliveries.record(delivery.id, scope)?.state == .accepted)
            #expect(sender.sent.count == 1)
        }
    }

    @Test("REL · a server that dies between SENDING and the answer leaves UNKNOWN, which only an operator ends")
    func crash() async throws {
        try await SendersWorld.with { (world) async throws in
            // Takes the mail, and never says so.
            let (taken, take) = AsyncStream.makeStream(of: Void.self)
            let server = try ScriptedServer { peer in
                try peer.send("220 hi\r\n")
                try peer.expect("EHLO", answer: "250 m\r\n")
                try peer.expect("MAIL", answer: "250 ok\r\n")
                try peer.expect("RCPT", answer: "250 ok\r\n")
                try peer.expect("DATA", answer: "354 go\r\n")
                _ = try peer.read(to: "\r\n.\r\n")
                take.yield()
                peer.waitForEnd()
            }
            let loop = try EventLoop(name: "mail")
            defer { loop.shutdown() }
            let relay = try SMTPRelay(host: "127.0.0.1", port: server.port, security: .none, clientName: "app.test")
            let deliveries = Deliveries(world.database, ChannelSenders(email: SMTPSender(relay, on: loop)), clock: world.clock.wall)
            let delivery = try Delivery(.email(try MailTests.email()), dedupeKey: "k")
            try await world.enqueue(delivery)
            let scope = world.scope()
            // The first server: from here on it does nothing more, as if it had been killed, until this test is over.
            let (dead, bury) = AsyncStream.makeStream(of: Void.self)
            let sender = SMTPSender(relay, on: loop)
            let dying = Deliveries(
                world.database,
                ChannelSenders(
                    email: FakeSender<Email> { email in
                        let sending = Task { await sender.send(email, id: delivery.id) }
                        for await _ in dead { break }
                        sending.cancel()
                        return await sending.value
                    }), clock: world.clock.wall)
            let attempt = Task { try await dying.deliver(delivery.id, scope) }
            for await _ in taken { break }
            #expect(try await deliveries.record(delivery.id, scope)?.state == .sending)
            guard case .deferred = try await deliveries.deliver(delivery.id, scope) else { return #expect(Bool(false)) }
            world.clock.advance(seconds: 16 * 60)
            #expect(try await deliveries.deliver(delivery.id, scope) == .ended(.unknown))
            #expect(try await deliveries.deliver(delivery.id, scope) == .ended(.unknown))
            #expect(server.connections == 1, "it was not sent again")
            #expect(try await deliveries.list(DeliveryQuery(state: .unknown), scope).map(\.id) == [delivery.id])
            // Had it only been slow, what it says now comes too late.
            bury.yield()
            _ = try await attempt.value
            #expect(try await deliveries.record(delivery.id, scope)?.state == .unknown)
            #expect(try await deliveries.resolve(delivery.id, as: .sendAgain, by: "ada", scope))
            #expect(try await deliveries.record(delivery.id, scope)?.state == .queued)
            #expect(try await deliveries.resolve(delivery.id, as: .accepted, by: "ada", scope) == false, "it is not UNKNOWN any more")
        }
    }

    @Test("an operator says what became of it", arguments: [(DeliveryResolution.accepted, DeliveryState.accepted), (.refused, .refused)])
    func resolved(resolution: DeliveryResolution, state: DeliveryState) async throws {
        try await SendersWorld.with { (world) async throws in
            let deliveries = Deliveries(
                world.database, ChannelSenders(textMessage: FakeSender { _ in .unknown(reason: "?") }), clock: world.clock.wall)
            let delivery = try Delivery(try Self.messages()[2], dedupeKey: "k")
            try await world.enqueue(delivery)
            #expect(try await deliveries.deliver(delivery.id, world.scope()) == .ended(.unknown))
            #expect(try await deliveries.resolve(delivery.id, as: resolution, by: "eve", world.scope("b")) == false)
            #expect(try await deliveries.resolve(delivery.id, as: resolution, by: "ada", world.scope()))
            let record = try #require(try await deliveries.record(delivery.id, world.scope()))
            #expect(record.state == state && record.resolvedBy == "ada")
            #expect(try await deliveries.list(DeliveryQuery(state: .unknown), world.scope()).isEmpty)
        }
    }

    @Test("without a tenant nothing is seen, and no row can be removed")
    func rowLevelSecurity() async throws {
        try await SendersWorld.with { (world) async throws in
            try await world.enqueue(try Delivery(try Self.messages()[2], dedupeKey: "k"))
            for tenant in ["b", nil] {
                let seen: Int = try await world.database.batch(world.scope(tenant)) { $0.one("SELECT count(*) FROM delivery") }
                #expect(seen == 0)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await world.database.batch(world.scope()) { $0.enqueue("DELETE FROM delivery") }
            }
            #expect(error?.kind == .insufficientPrivilege)
        }
    }

    @Test("a mail goes from the database to a real mail server, and a webhook to a receiver that checks its signature")
    func endToEnd() async throws {
        let exim = try await EximServer.start()
        let gateway = try GatewayTests.Gateway("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let secret = try WebhookSecret("whsec_0123456789abcdef0123")
        try await SendersWorld.with { (world) async throws in
            let relay = try SMTPRelay(
                host: "127.0.0.1", port: exim.port, security: .startTLS(try TestPKI.shared.anonymousClientContext(alpn: [])),
                credentials: .init(user: EximServer.user, password: EximServer.password), clientName: "app.test")
            let senders = ChannelSenders(
                email: GuardedSender(SMTPSender(relay, on: gateway.loop, clock: world.clock.wall)),
                webhook: GuardedSender(WebhookSender(try gateway.client(), clock: world.clock.wall) { _ in [secret] }))
            let deliveries = Deliveries(world.database, senders, clock: world.clock.wall)
            let mail = try Delivery(.email(try MailTests.email(subject: "Bill 17", text: "₹ 5,000")), dedupeKey: "bill 17")
            let body = Array(#"{"id":"evt_1"}"#.utf8)
            let event = try Delivery(
                .webhook(try WebhookEvent(to: HTTPSAddress("\(gateway.base)/hooks"), type: "bill.issued", body: body)), dedupeKey: "evt_1")
            // Both are written down in one commit.
            try await world.database.batch(world.scope()) { batch in
                batch.enqueue(mail.insertion(at: world.clock.now))
                batch.enqueue(event.insertion(at: world.clock.now))
            }
            #expect(try await deliveries.deliver(mail.id, world.scope()) == .ended(.accepted), "\(exim.log())")
            #expect(try await deliveries.deliver(event.id, world.scope()) == .ended(.accepted))
            let arrived = try await exim.mails(1)[0]
            #expect(
                arrived.contains("Message-ID: <\(mail.id)@app.test>") && arrived.contains("Subject: Bill 17")
                    && arrived.contains("=E2=82=B9 5,000"))
            let record = try #require(try await deliveries.record(mail.id, world.scope()))
            #expect(record.providerID?.hasPrefix("250 OK id=") == true && record.attempt == 1)
            let request = try #require(gateway.received.first)
            let signature = try #require(request.split(separator: "\r\n").first { $0.hasPrefix("Webhook-Signature: ") }).dropFirst(
                "Webhook-Signature: ".count)
            #expect(WebhookSignature.verify(String(signature), body: body, secrets: [secret], unixSeconds: world.clock.now / 1_000_000))
            #expect(request.contains("Webhook-Id: \(event.id)\r\n"))
        }
    }
}
