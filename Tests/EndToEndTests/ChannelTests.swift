import Console
import Crypto
import Glibc
import Net
import Platform
import Postgres
import Senders
import Synchronization
import TLS
import TestSupport
import Testing

/// Text messages, WhatsApp and webhooks from rows in the database through the program to whoever takes them.
@Suite("Channels", .timeLimit(.minutes(20)))
struct ChannelTests {
    /// Takes one request on each connection, keeps it, and answers.
    private final class Taker: Sendable {
        private final class Requests: Sendable {
            let all = Mutex<[Request]>([])
        }

        struct Request: Sendable {
            var head: String
            var body: [UInt8]

            func field(_ name: String) -> String {
                head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.utf8.count + 2)) } ?? ""
            }
        }

        let server: ScriptedServer
        private let requests: Requests

        init(_ answer: String) throws {
            let requests = Requests()
            self.requests = requests
            let key = TestPKI.shared.server
            let context = try TLSContext.server(
                certificateChain: .text(key.certificatePEM()), privateKey: .text(key.privateKeyPEM()), alpn: [])
            server = try ScriptedServer { peer in
                try peer.startTLS(context)
                var request = Request(head: String(decoding: try peer.read(to: "\r\n\r\n"), as: UTF8.self), body: [])
                request.body = try peer.read(count: Int(request.field("Content-Length")) ?? 0)
                requests.all.withLock { $0.append(request) }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(answer.utf8.count)\r\nConnection: close\r\n\r\n\(answer)")
                peer.waitForEnd()
            }
        }

        var received: [Request] { requests.all.withLock { $0 } }
    }

    private static let scope = Scope(tenant: "acme", caller: "test", requestID: "1")

    /// The deployment's configuration with more in it.
    private static func add(_ text: String, to deployment: Deployment, _ original: String) throws {
        let end = try #require(original.lastIndex(of: "}"))
        try deployment.write(original[..<end] + ", \(text)}")
    }

    private static func with(_ deployment: Deployment, _ body: (Database) async throws -> Void) async throws {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(deployment.database.application, loops: loops.loops)
        let failure: (any Error)?
        do {
            try await body(database)
            failure = nil
        } catch {
            failure = error
        }
        await database.shutdown()
        loops.shutdown()
        if let failure { throw failure }
    }

    private static func state(_ id: UUIDv7, _ database: Database) async throws -> DeliveryState? {
        try await Deliveries(database, ChannelSenders()).record(id, scope)?.state
    }

    @Test("a server that is configured for telephones carries their messages, with its token, and leaves the rest to others")
    func telephones() async throws {
        let gateway = try Taker(#"{"sid":"SM1","status":"queued"}"#)
        let meta = try Taker(#"{"messages":[{"id":"wamid.1"}]}"#)
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            let files = try TestPKIFiles()
            try Files.write("sms-token\n", to: "\(folder.path)/sms.token", mode: 0o600)
            try Files.write("wa-token\n", to: "\(folder.path)/wa.token", mode: 0o600)
            try Self.add(
                """
                "textMessages": {"account": "AC0123", "tokenFile": "sms.token", "sender": "Shop",
                  "baseUrl": "https://localhost:\(gateway.server.port)", "rootsFile": "\(files.authority)"},
                "whatsapp": {"phoneNumberId": "1065", "tokenFile": "wa.token", "apiVersion": "v21.0",
                  "baseUrl": "https://localhost:\(meta.server.port)", "rootsFile": "\(files.authority)"}
                """, to: deployment, try deployment.text())
            try await deployment.migrate()
            let (server, _) = try await deployment.serve()
            try await Self.with(deployment) { (database) async throws in
                let number = try PhoneNumber("+919876543210")
                let sms = try Delivery(.textMessage(TextMessage(to: number, text: "x")), dedupeKey: "sms")
                let whatsApp = try Delivery(.whatsApp(WhatsAppMessage(to: number, .text("x"))), dedupeKey: "wa")
                let hook = try Delivery(
                    .webhook(WebhookEvent(to: HTTPSAddress("https://localhost/"), type: "a", body: [])), dedupeKey: "hook")
                try await database.batch(Self.scope) { batch in
                    for delivery in [hook, sms, whatsApp] { batch.send(delivery) }
                }
                try await eventually {
                    let states = (try await Self.state(sms.id, database), try await Self.state(whatsApp.id, database))
                    return states == (.accepted, .accepted)
                }
                #expect(
                    gateway.received.map { $0.field("Authorization") } == [
                        "Basic " + Base64.encode(Array("AC0123:sms-token".utf8), padded: true)
                    ])
                #expect(meta.received.map { $0.field("Authorization") } == ["Bearer wa-token"])
                // Nobody here takes its job.
                let attempts: Int32 = try await database.batch(Self.scope) {
                    $0.one("SELECT attempt FROM job WHERE kind = 'outbound.deliver_webhook'")
                }
                #expect(attempts == 0)
            }
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }

    private static let secrets = (old: String(repeating: "old ", count: 8), new: String(repeating: "new ", count: 8))

    /// Which of the two secrets has signed a request.
    private static func signers(_ request: Taker.Request) throws -> Set<String> {
        let header = request.field("Webhook-Signature")
        let now = WallClock.system.unixMicroseconds() / 1_000_000
        return try Set(
            [secrets.old, secrets.new].filter {
                WebhookSignature.verify(header, body: request.body, secrets: [try WebhookSecret($0)], unixSeconds: now)
            })
    }

    private static func reload(_ server: Program) async throws -> String {
        server.signal(SIGHUP)
        while let line = try await server.line() {
            if line.contains("\"event\":\"configuration_") { return line }
        }
        return ""
    }

    @Test("SEC-10 · E3 · a webhook's secret changes under load: each delivery is signed by the old or the new one, and none fails")
    func webhookSecret() async throws {
        let taker = try Taker("")
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            let original = try deployment.text()
            let files = try TestPKIFiles()
            func configure(_ secretFiles: [String]) throws {
                let names = secretFiles.map { "\"\($0)\"" }.joined(separator: ", ")
                try Self.add(
                    """
                    "webhooks": {"rootsFile": "\(files.authority)", "receivers": [
                      {"authority": "localhost:\(taker.server.port)", "secretFiles": [\(names)], "inOwnNetwork": true}]},
                    "jobs": {"queues": [{"name": "outbound", "concurrency": 4}]}
                    """, to: deployment, original)
            }
            try Files.write("\(Self.secrets.old)\n", to: "\(folder.path)/old", mode: 0o600)
            try Files.write("\(Self.secrets.new)\n", to: "\(folder.path)/new", mode: 0o600)
            try configure(["old"])
            try await deployment.migrate()
            let server = try Program([BuiltPrograms.switchboard, "serve", "--config", deployment.config], errors: .amongOutput)
            _ = try #require(try await server.line())
            try await Self.with(deployment) { (database) async throws in
                var sent: [UUIDv7] = []
                func enqueue(_ count: Int) async throws {
                    let event = try WebhookEvent(
                        to: HTTPSAddress("https://localhost:\(taker.server.port)/hook"), type: "lead.created", body: Array(#"{"a":1}"#.utf8)
                    )
                    let more = try (0..<count).map { try Delivery(.webhook(event), dedupeKey: "hook \(sent.count + $0)") }
                    try await database.batch(Self.scope) { batch in
                        for delivery in more { batch.send(delivery) }
                    }
                    sent += more.map(\.id)
                }
                try await enqueue(60)
                try await eventually { taker.received.count >= 10 }
                // Both sign, so that a receiver may change over when it likes; then the new one alone.
                try configure(["new", "old"])
                let both = try await Self.reload(server)
                #expect(both.contains("configuration_reloaded") && both.contains("webhooks"), "\(both)")
                #expect(both.contains("\"needs_restart\":\"\""), "\(both)")
                let before = sent.count
                try await enqueue(60)
                try await eventually { taker.received.count >= before + 10 }
                try configure(["new"])
                #expect(try await Self.reload(server).contains("configuration_reloaded"))
                let last = sent.count
                try await enqueue(60)
                let all = sent
                try await eventually { taker.received.count >= all.count }
                try await eventually {
                    let open: Int = try await database.batch(Self.scope) {
                        $0.one("SELECT count(*) FROM delivery WHERE state <> 'accepted'")
                    }
                    return open == 0
                }
                let received = taker.received
                #expect(received.count == all.count, "none is sent twice, since none failed")
                #expect(Set(received.map { $0.field("Webhook-Id") }) == Set(all.map(\.description)))
                for request in received { #expect(try !Self.signers(request).isEmpty, "\(request.head)") }
                #expect(try received.contains { try Self.signers($0) == [Self.secrets.old, Self.secrets.new] })
                let newest = Set(all[last...].map(\.description))
                for request in received where newest.contains(request.field("Webhook-Id")) {
                    #expect(try Self.signers(request) == [Self.secrets.new])
                }
                // A secret for all to read is none, and what was before goes on.
                try #require(unsafe chmod("\(folder.path)/new", 0o644) == 0)
                let kept = try await Self.reload(server)
                #expect(kept.contains("configuration_kept") && kept.contains("chmod 0600"), "\(kept)")
                try await enqueue(1)
                try await eventually { taker.received.count == all.count + 1 }
            }
            server.signal(SIGTERM)
            _ = try await server.rest()
            #expect(try await server.end() == .exited(0))
        }
    }
}
