import BillingAPI
import Net
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Senders
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

/// From a call to a mailbox: the service, its jobs, the platform's workers and senders, and Debian's Exim.
@Suite("Reminders by a real mail server", .timeLimit(.minutes(10)))
struct ReminderMailTests {
    @Test("BIL-12 · a reminder arrives once, also when its workers are started anew, and what is refused is not marked sent")
    func arrives() async throws {
        let exim = try await EximServer.start()
        let loops = try EventLoopGroup(count: 1)
        let world = try await BillingWorld(
            TestCluster.shared(), loops: 1, mailbox: try Mailbox(name: "Acme Traders", MailAddress("shop@example.com")))
        let relay = try SMTPRelay(
            host: "127.0.0.1", port: exim.port, security: .startTLS(try TestPKI.shared.anonymousClientContext(alpn: [])),
            credentials: .init(user: EximServer.user, password: EximServer.password), clientName: "app.test")
        func workers() -> JobWorkers {
            let deliveries = Deliveries(world.connections, ChannelSenders(email: SMTPSender(relay, on: loops.loops[0])))
            let handlers = OutboundJobs.handlers(deliveries) + Billing(world.office).handlers
            return JobWorkers(
                world.connections, loops: loops.loops, queues: JobQueue.all(for: handlers), handlers: handlers, name: "test",
                log: Log(minimum: .error))
        }
        let first = workers()
        first.start()
        let tenant = world.tenant()
        func remind(_ email: String) async throws -> BillingAPI.Reminder {
            let customer = try await tenant.debtor(email: email)
            // At whatever hour this test runs.
            try await tenant.prefer(customer) { ($0.quietFrom, $0.quietUntil) = ("00:00", "00:00") }
            let reminder = try await tenant.remind(customer) {
                ($0.kind, $0.text) = (.custom, "Dear {{customer}}, ₹ 500 please.")
                $0.schedule = .with { $0.when = .phrase("every day at 10 am") }
            }
            return try await tenant.reminders.sendReminderNow(.with { $0.id = reminder.id }, tenant.options(key: BillingTenant.newKey()))
        }
        func ended(_ reminder: BillingAPI.Reminder) async throws -> [String] {
            try await world.administration.batch(tenant.scope) {
                $0.all(
                    """
                    SELECT state || ' ' || (sent_at IS NOT NULL) FROM reminder_occurrence
                    WHERE tenant_id = current_tenant() AND reminder_id = \(RecordID(reminder.id)) ORDER BY due_at
                    """)
            }
        }
        let reminder = try await remind("bob@example.com")
        let mail = try #require(try await exim.mails(1).first)
        #expect(mail.contains("Message-ID: <\(reminder.deliveryID)@example.com>"))
        #expect(mail.contains { $0.hasPrefix("From: ") && $0.contains("Acme Traders") && $0.contains("<shop@example.com>") })
        #expect(mail.contains { $0.contains("Dear Ramesh, =E2=82=B9 500 please.") })
        try await eventually("it is sent, and the next one is to come") { try await ended(reminder) == ["sent true", "pending false"] }
        await first.stop(grace: .seconds(60))

        let second = workers()
        second.start()
        let refused = try await remind("nobody@example.com")
        try await eventually("the refused one has failed, and the next one is to come") {
            try await ended(refused) == ["failed false", "pending false"]
        }
        let third = try await remind("eve@example.com")
        try await eventually("the third is sent") { try await ended(third) == ["sent true", "pending false"] }
        #expect(try await ended(reminder) == ["sent true", "pending false"])
        #expect(exim.mailbox().count == 2)
        await second.stop(grace: .seconds(60))
        for database in [world.connections, world.administration] { await database.shutdown() }
        loops.shutdown()
    }
}
