import BillingAPI
import Console
import Glibc
import Net
import Protobuf
import RPC
import TestSupport
import Testing

/// A reminder from a call to the built server to a mailbox.
@Suite("Reminders, served", .timeLimit(.minutes(20)))
struct ServedReminderTests {
    @Test("BIL-12 · the built server marks a reminder sent when its relay took it, and the next server sends no second")
    func served() async throws {
        let exim = try await EximServer.start()
        try await TemporaryFolder.with { (folder) async throws in
            let deployment = try await Deployment(in: folder)
            try Files.write("\(EximServer.password)\n", to: "\(folder.path)/mail.password", mode: 0o600)
            let text = try deployment.text()
            let end = try #require(text.lastIndex(of: "}"))
            try deployment.write(
                text[..<end] + """
                    , "mail": {
                      "relayHost": "127.0.0.1", "relayPort": \(exim.port), "rootsFile": "\(exim.authority)", "user": "\(EximServer.user)",
                      "passwordFile": "mail.password", "clientName": "app.example.com", "fromAddress": "shop@example.com",
                      "fromName": "Acme Traders"
                    }}
                    """)
            try await deployment.migrate()
            let loop = try EventLoop(name: "client")
            defer { loop.shutdown() }
            let (first, address) = try await deployment.serve()
            let id = try await Self.remind(deployment, address, loop)
            let mail = try await exim.mails(1)[0]
            #expect(mail.contains { $0.hasPrefix("From: ") && $0.contains("<shop@example.com>") })
            #expect(mail.contains { $0.hasPrefix("Dear Ramesh") })
            try await Self.untilSent(id, deployment, address, loop)
            first.signal(SIGTERM)
            #expect(try await first.end() == .exited(0))

            let (second, other) = try await deployment.serve()
            try await Self.untilSent(id, deployment, other, loop)
            // Another one goes by the same way, so that whatever the second server had found to send is sent by now.
            _ = try await Self.remind(deployment, other, loop, phone: "+919876543211")
            #expect(try await exim.mails(2).count == 2)
            second.signal(SIGTERM)
            #expect(try await second.end() == .exited(0))
        }
    }

    /// At whatever hour this runs.
    private static func remind(
        _ deployment: Deployment, _ address: String, _ loop: EventLoop, phone: String = "+919876543210"
    ) async throws -> String {
        let (channel, metadata) = try await deployment.channel(to: address, loop)
        func options() -> CallOptions {
            var keyed = metadata
            keyed.append("idempotency-key", "reminder-\(UInt64.random(in: 0 ... .max))")
            return CallOptions(metadata: keyed, timeout: .seconds(60))
        }
        let customer = try await CustomerServiceClient(channel).createCustomer(
            .with { $0.customer = .with { ($0.name, $0.phone, $0.email) = ("Ramesh \(phone.suffix(1))", phone, "bob@example.com") } },
            options()
        ).id
        let client = ReminderServiceClient(channel)
        _ = try await client.setContactPreferences(
            .with {
                $0.preferences = .with {
                    ($0.customerID, $0.channels, $0.quietFrom, $0.quietUntil) = (customer, [.email], "00:00", "00:00")
                }
            }, options())
        let reminder = try await client.createReminder(
            .with {
                ($0.customerID, $0.kind, $0.channels) = (customer, .followUp, [.email])
                $0.schedule = .with { $0.when = .phrase("in 2 days") }
            }, options())
        _ = try await client.sendReminderNow(.with { $0.id = reminder.id }, options())
        await channel.close()
        return reminder.id
    }

    private static func untilSent(_ id: String, _ deployment: Deployment, _ address: String, _ loop: EventLoop) async throws {
        let (channel, metadata) = try await deployment.channel(to: address, loop)
        let client = ReminderServiceClient(channel)
        try await eventually("the reminder is sent") {
            let reminder = try await client.getReminder(.with { $0.id = id }, CallOptions(metadata: metadata, timeout: .seconds(60)))
            return reminder.state == .sent && reminder.sentAt != nil
        }
        await channel.close()
    }
}
