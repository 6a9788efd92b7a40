import Console
import Glibc
import Net
import Platform
import Postgres
import Senders
import TestSupport
import Testing

/// Mail from a row in the database through the program to a mail server.
@Suite("Mail", .timeLimit(.minutes(20)))
struct MailTests {
    /// The deployment's configuration with a relay in it.
    private static func relay(_ deployment: Deployment, _ mail: String) throws {
        let text = try Files.text(deployment.config)
        let end = try #require(text.lastIndex(of: "}"))
        try deployment.write(text[..<end] + ", \"mail\": {\(mail), \"clientName\": \"app.example.com\"}}")
    }

    private static func email() throws -> Email {
        try Email(
            from: Mailbox(name: "Switchboard", MailAddress("us@example.com")), to: Mailbox(MailAddress("bob@example.com")),
            subject: "Bill 17",
            text: "₹ 5,000")
    }

    private static let scope = Scope(tenant: "acme", caller: "test", requestID: "1")

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

    @Test("what a transaction sends, a server with a relay hands over")
    func sent() async throws {
        let exim = try await EximServer.start()
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try Files.write("\(EximServer.password)\n", to: "\(folder.path)/mail.password", mode: 0o600)
            try Self.relay(
                deployment,
                """
                "relayHost": "127.0.0.1", "relayPort": \(exim.port), "rootsFile": "\(exim.authority)", "user": "\(EximServer.user)", \
                "passwordFile": "mail.password"
                """)
            try await deployment.migrate()
            let (server, _) = try await deployment.serve()
            try await Self.with(deployment) { (database) async throws in
                let delivery = try Delivery(.email(Self.email()), dedupeKey: "bill 17")
                try await database.batch(Self.scope) { $0.send(delivery) }
                let mail = try await exim.mails(1)[0]
                #expect(mail.contains("Message-ID: <\(delivery.id)@example.com>") && mail.contains("=E2=82=B9 5,000"))
                let deliveries = Deliveries(database, ChannelSenders())
                try await eventually { try await deliveries.record(delivery.id, Self.scope)?.state == .accepted }
            }
            server.signal(SIGTERM)
            #expect(try await server.end() == .exited(0))
        }
    }

    @Test("REL · a server that is killed between the final dot and the answer leaves a mail that no server sends again by itself")
    func killed() async throws {
        let (taken, take) = AsyncStream.makeStream(of: Void.self)
        let relay = try ScriptedServer { peer in
            try peer.send("220 hi\r\n")
            try peer.expect("EHLO", answer: "250 m\r\n")
            try peer.expect("MAIL", answer: "250 ok\r\n")
            try peer.expect("RCPT", answer: "250 ok\r\n")
            try peer.expect("DATA", answer: "354 go\r\n")
            _ = try peer.read(to: "\r\n.\r\n")
            take.yield()
            peer.waitForEnd()
        }
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try Self.relay(deployment, "\"relayHost\": \"127.0.0.1\", \"relayPort\": \(relay.port), \"security\": \"SECURITY_NONE\"")
            try await deployment.migrate()
            let (first, _) = try await deployment.serve()
            try await Self.with(deployment) { (database) async throws in
                let delivery = try Delivery(.email(Self.email()), dedupeKey: "bill 17")
                try await database.batch(Self.scope) { $0.send(delivery) }
                for await _ in taken { break }
                first.signal(SIGKILL)
                #expect(try await first.end() == .killed(signal: SIGKILL))

                let (second, _) = try await deployment.serve()
                let now = Deliveries(database, ChannelSenders())
                // The second server gets the job when the first one's lease has ended, and finds that somebody had begun.
                try await eventually {
                    let waiting: Int = try await database.batch(Self.scope) {
                        $0.one("SELECT count(*) FROM job WHERE state = 'scheduled' AND run_at > now() + interval '10 minutes'")
                    }
                    return waiting == 1
                }
                #expect(try await now.record(delivery.id, Self.scope)?.state == .sending)
                #expect(relay.connections == 1)
                // A quarter of an hour later.
                let later = Deliveries(
                    database, ChannelSenders(), clock: WallClock { WallClock.system.unixMicroseconds() + 17 * 60 * 1_000_000 })
                #expect(try await later.deliver(delivery.id, Self.scope) == .ended(.unknown))
                #expect(try await now.list(DeliveryQuery(state: .unknown), Self.scope).map(\.id) == [delivery.id])
                #expect(relay.connections == 1)
                second.signal(SIGTERM)
                let ending = try await second.end()
                #expect(ending == .exited(0), "\(ending)")
            }
        }
    }
}
