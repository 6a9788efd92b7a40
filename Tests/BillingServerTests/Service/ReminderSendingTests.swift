import BillingAPI
import Crypto
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Senders
import StandardTypes
import Testing

@testable import BillingServer

/// What the jobs of reminders do, at times that the tests name, over a real PostgreSQL.
@Suite("Sending reminders")
struct ReminderSendingTests {
    @Test("BIL-12 · a reminder is marked sent when the provider has accepted it, and not before")
    func accepted() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor())
        #expect(try await tenant.sendDue(reminder, at: "2025-10-02T09:59") == .seconds(60))
        #expect(try await tenant.deliveryCount() == 0)
        #expect(try await tenant.sendDue(reminder, at: "2025-10-02T10:00") == nil)
        var now = try await tenant.reminder(reminder.id)
        #expect((now.state, now.attempts, now.channel) == (.sending, 1, .email))
        // Whoever does it again finds it done.
        try await tenant.sendDue(reminder, at: "2025-10-02T10:01")
        #expect(try await tenant.deliveryCount() == 1)
        for state in ["queued", "sending"] {
            if state == "sending" {
                try await tenant.world.administration.batch(tenant.scope) {
                    $0.enqueue(
                        """
                        UPDATE delivery SET state = 'sending', attempt = 1, sending_until = now() + interval '1 hour'
                        WHERE tenant_id = current_tenant()
                        """
                    )
                }
            }
            #expect(try await tenant.settleDue(reminder, at: "2025-10-02T10:02") == .seconds(120))
            #expect(try await tenant.reminder(reminder.id).state == .sending)
        }
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue("UPDATE delivery SET state = 'accepted', sending_until = NULL WHERE tenant_id = current_tenant()")
        }
        #expect(try await tenant.settleDue(reminder, at: "2025-10-02T10:03") == nil)
        now = try await tenant.reminder(reminder.id)
        #expect((now.state, now.sentAt?.local()) == (.sent, "2025-10-02T10:03"))
        let message: [String] = try await tenant.world.administration.batch(tenant.scope) {
            $0.all("SELECT unnest(ARRAY[recipient] || fields) FROM delivery WHERE tenant_id = current_tenant()")
        }
        #expect(
            message.contains("ramesh@example.com") && message.contains("shop@example.com")
                && message.contains { $0.hasPrefix("Dear Ramesh") })
    }

    @Test("what was refused goes on by the next channel, and has failed when none is left; it can be tried three times in all")
    func refused() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor(phone: "+919876543210")
        try await tenant.prefer(customer) { $0.channels = [.email, .whatsapp] }
        let reminder = try await tenant.remind(customer) { $0.channels = [.email, .sms, .whatsapp] }
        try await tenant.sendDue(reminder, at: "2025-10-02T10:00")
        try await tenant.answer(reminder, "refused")
        try await tenant.settleDue(reminder, at: "2025-10-02T10:01")
        #expect(try await tenant.reminder(reminder.id).state == .pending)
        try await tenant.sendDue(reminder, at: "2025-10-02T10:02")
        var now = try await tenant.reminder(reminder.id)
        #expect((now.state, now.channel, now.attempts) == (.sending, .whatsapp, 2))
        try await tenant.answer(reminder, "refused")
        try await tenant.settleDue(reminder, at: "2025-10-02T10:03")
        // Nobody has agreed to SMS.
        #expect(try await tenant.reminder(reminder.id).state == .pending)
        try await tenant.sendDue(reminder, at: "2025-10-02T10:04")
        now = try await tenant.reminder(reminder.id)
        #expect((now.state, now.reason, now.sentAt) == (.expired, .refused, nil))
    }

    @Test("one that failed is tried once more when somebody asks for it, and no more than three times")
    func again() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        try await tenant.prefer(customer) { ($0.quietFrom, $0.quietUntil) = ("00:00", "00:00") }
        let reminder = try await tenant.remind(customer)
        func sendNow() async throws -> BillingAPI.Reminder {
            try await tenant.reminders.sendReminderNow(.with { $0.id = reminder.id }, tenant.options(key: BillingTenant.newKey()))
        }
        for attempt in 1...3 as ClosedRange<Int32> {
            #expect(try await sendNow().attempts == attempt)
            #expect(await refusal { try await sendNow() }?.reason == "PRECONDITION_FAILED", "it is under way")
            try await tenant.answer(reminder, "refused")
            try await tenant.settleDue(reminder, at: "2025-10-01T10:0\(attempt)")
            let now = try await tenant.reminder(reminder.id)
            #expect((now.state, now.reason) == (.failed, .refused))
        }
        #expect(await refusal { try await sendNow() }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.deliveryCount() == 3)
    }

    @Test("R2 · a crash between the provider's yes and our mark leaves UNKNOWN, and no second mail, until an operator says")
    func unknown() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor()) {
            $0.schedule = .with { $0.when = .phrase("every day at 11 am") }
        }
        try await tenant.sendDue(reminder, at: "2025-10-01T11:00")
        // Somebody had begun to send it, and has not been heard of since.
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue(
                """
                UPDATE delivery SET state = 'sending', attempt = 1, sending_until = now() - interval '1 minute'
                WHERE tenant_id = current_tenant()
                """)
        }
        let delivery = try #require(UUIDv7(try await tenant.reminder(reminder.id).deliveryID))
        // Nobody who could send it is asked.
        let deliveries = Deliveries(tenant.world.connections, ChannelSenders())
        #expect(try await deliveries.deliver(delivery, tenant.jobScope) == .ended(.unknown))
        #expect(try await deliveries.deliver(delivery, tenant.jobScope) == .ended(.unknown))
        #expect(try await tenant.settleDue(reminder, at: "2025-10-01T11:20") == .seconds(600))
        // The next day's has its own life.
        let next = try await tenant.reminder(reminder.id)
        #expect((next.state, next.dueAt?.local()) == (.pending, "2025-10-02T11:00"))
        for time in ["2025-10-01T11:30", "2025-10-01T20:00"] {
            try await tenant.sendDue(reminder, at: time)
            #expect(try await tenant.settleDue(reminder, at: time) != nil)
        }
        #expect(try await tenant.deliveryCount() == 1)
        func states() async throws -> [String] {
            try await tenant.world.administration.batch(tenant.scope) {
                $0.all("SELECT state FROM reminder_occurrence WHERE tenant_id = current_tenant() ORDER BY due_at")
            }
        }
        #expect(try await states() == ["unknown", "pending"])
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue("UPDATE delivery SET state = 'accepted' WHERE tenant_id = current_tenant()")
        }
        #expect(try await tenant.settleDue(reminder, at: "2025-10-01T20:10") == nil)
        #expect(try await states() == ["sent", "pending"])
    }

    @Test("BIL-12 · quiet hours move it, with the reason; a preview says so ahead")
    func quiet() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor(), at: "2025-10-02T22:30") {
            $0.schedule?.recurrence = .with { $0.interval = .days(1) }
        }
        let preview = try await tenant.reminders.previewSchedule(
            .with { ($0.reminderID, $0.count) = (reminder.id, 5) }, tenant.options())
        #expect(preview.times.map { $0.dueAt?.local() } == (2...6).map { "2025-10-0\($0)T22:30" })
        // Three in seven days: the fourth would come when the next one is due.
        #expect(
            preview.times.map { $0.runAt?.local() } == ["2025-10-03T09:00", "2025-10-04T09:00", "2025-10-05T09:00", nil, nil])
        #expect(preview.times.map(\.movedBy).prefix(4) == [[.quietHours], [.quietHours], [.quietHours], [.quietHours, .weeklyCap]])

        #expect(try await tenant.sendDue(reminder, at: "2025-10-02T22:30") == .seconds(10 * 3_600 + 1_800))
        let moved = try await tenant.reminder(reminder.id)
        #expect((moved.state, moved.runAt?.local(), moved.movedBy) == (.pending, "2025-10-03T09:00", [.quietHours]))
        #expect(moved.dueAt?.local() == "2025-10-02T22:30")
        #expect(try await tenant.deliveryCount() == 0)
        try await tenant.sendDue(reminder, at: "2025-10-03T09:00")
        #expect(try await tenant.reminder(reminder.id).state == .sending)
    }

    @Test("BIL-12 · no more than three in seven days, and an hour between two, whichever reminder they come from")
    func caps() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        var reminders: [BillingAPI.Reminder] = []
        for hour in 10...14 { reminders.append(try await tenant.remind(customer, at: "2025-10-02T\(hour):00")) }
        #expect(try await tenant.sendDue(reminders[0], at: "2025-10-02T14:00") == nil)
        #expect(try await tenant.sendDue(reminders[1], at: "2025-10-02T14:20") == .seconds(2_400))
        #expect(try await tenant.reminder(reminders[1].id).movedBy == [.minimumInterval])
        #expect(try await tenant.sendDue(reminders[1], at: "2025-10-02T15:00") == nil)
        #expect(try await tenant.sendDue(reminders[2], at: "2025-10-02T16:00") == nil)
        #expect(try await tenant.sendDue(reminders[3], at: "2025-10-02T17:00") != nil)
        let moved = try await tenant.reminder(reminders[3].id)
        #expect((moved.runAt?.local(), moved.movedBy) == ("2025-10-09T17:00", [.weeklyCap]))
        // One that failed did not reach anybody, and does not count.
        try await tenant.answer(reminders[0], "refused")
        try await tenant.settleDue(reminders[0], at: "2025-10-02T17:30")
        #expect(try await tenant.sendDue(reminders[4], at: "2025-10-02T18:00") == nil)
        #expect(try await tenant.deliveryCount() == 4)
    }

    @Test("BIL-12 · who opted out, has not agreed or cannot be reached is not written to")
    func forbidden() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let cases: [(email: String, channels: [ReminderChannel], isOptedOut: Bool, reason: String, rule: ReminderRule)] = [
            ("a@example.com", [.email], true, "SUPPRESSED", .optedOut),
            ("a@example.com", [.sms], false, "CONSENT_MISSING", .consentMissing),
            ("", [.email], false, "PRECONDITION_FAILED", .addressMissing),
            ("no address", [.email], false, "PRECONDITION_FAILED", .addressMissing),
        ]
        for (email, channels, isOptedOut, reason, rule) in cases {
            let customer = try await tenant.debtor(email: email)
            let reminder = try await tenant.remind(customer)
            try await tenant.prefer(customer) { ($0.channels, $0.isOptedOut) = (channels, isOptedOut) }
            let error = await refusal {
                try await tenant.reminders.sendReminderNow(.with { $0.id = reminder.id }, tenant.options(key: BillingTenant.newKey()))
            }
            #expect(error?.reason == reason)
            #expect(try await tenant.reminder(reminder.id).state == .pending)
            try await tenant.sendDue(reminder, at: "2025-10-02T10:00")
            let now = try await tenant.reminder(reminder.id)
            #expect((now.state, now.reason) == (.expired, rule))
        }
        #expect(try await tenant.deliveryCount() == 0)
    }

    @Test("by hand it is not sent in quiet hours either, and once under one key")
    func byHand() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        let reminder = try await tenant.remind(customer)
        // It is ten o'clock.
        try await tenant.prefer(customer) { ($0.quietFrom, $0.quietUntil) = ("09:30", "10:30") }
        let request = SendReminderNowRequest.with { $0.id = reminder.id }
        let key = BillingTenant.newKey()
        #expect(await refusal { try await tenant.reminders.sendReminderNow(request, tenant.options(key: key)) }?.reason == "QUIET_HOURS")
        try await tenant.prefer(customer) { ($0.quietFrom, $0.quietUntil) = ("00:00", "00:00") }
        let sent = try await tenant.reminders.sendReminderNow(request, tenant.options(key: key))
        let again = try await tenant.reminders.sendReminderNow(request, tenant.options(key: key))
        #expect(again.encoded(deterministic: true) == sent.encoded(deterministic: true))
        #expect(sent.state == .sending)
        #expect(try await tenant.deliveryCount() == 1)
        #expect(
            await refusal { try await tenant.reminders.sendReminderNow(request, tenant.options()) }?.reason == "IDEMPOTENCY_KEY_MISSING")
    }

    @Test("what recurs on a 31st goes on from month to month, whatever becomes of one time")
    func recurrence() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor(), at: "2025-10-31T10:00") {
            $0.schedule?.recurrence = .with { $0.interval = .months(1) }
        }
        for (at, state, next) in [
            ("2025-10-31T10:00", "accepted", "2025-11-30T10:00"), ("2025-11-30T10:00", "refused", "2025-12-31T10:00"),
            ("2025-12-31T10:00", "unknown", "2026-01-31T10:00"),
        ] {
            try await tenant.sendDue(reminder, at: at)
            try await tenant.answer(reminder, state)
            try await tenant.settleDue(reminder, at: at)
            let now = try await tenant.reminder(reminder.id)
            #expect((now.state, now.dueAt?.local()) == (.pending, next))
            #expect(now.recurrence?.interval == .months(1))
        }
        // The servers were away for two months: what is too late is not sent, and nothing is made up for.
        try await tenant.sendDue(reminder, at: "2026-03-30T10:00")
        let late = try await tenant.reminder(reminder.id)
        #expect((late.state, late.dueAt?.local()) == (.pending, "2026-03-31T10:00"))
        #expect(try await tenant.deliveryCount() == 3)
        // One job waits for it, and no other.
        #expect(
            try await tenant.count(
                """
                SELECT count(*) FROM job
                WHERE tenant_id = current_tenant() AND kind = 'billing.send_reminder' AND state IN ('scheduled', 'ready')
                """
            ) == 1)
    }

    @Test("a reminder of a payment ends when the invoice is paid; its text has what is open")
    func settled() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        try await tenant.sell()
        let customer = try await tenant.debtor()
        let invoice = try await tenant.bill(of: customer, number: "INV2526/000007", due: "2025-10-10")
        let reminder = try await tenant.remind(customer) {
            ($0.kind, $0.invoiceID) = (.paymentDue, invoice)
            $0.schedule?.recurrence = .with { $0.interval = .days(3) }
        }
        try await tenant.sendDue(reminder, at: "2025-10-02T10:00")
        let message: [String] = try await tenant.world.administration.batch(tenant.scope) {
            $0.all("SELECT unnest(fields) FROM delivery WHERE tenant_id = current_tenant()")
        }
        #expect(message.contains("A payment will be due: INV2526/000007"))
        #expect(
            message.contains {
                $0.contains("INR 500.00 of invoice INV2526/000007 will be due on 2025-10-10") && $0.hasSuffix("Acme Traders")
            })
        try await tenant.answer(reminder, "accepted")
        try await tenant.settleDue(reminder, at: "2025-10-02T10:01")
        try await tenant.payBill(invoice, on: "2025-10-03")
        try await tenant.sendDue(reminder, at: "2025-10-05T10:00")
        let now = try await tenant.reminder(reminder.id)
        #expect((now.state, now.reason) == (.expired, .settled))
        #expect(try await tenant.deliveryCount() == 1)
        #expect(
            try await tenant.reminders.previewSchedule(.with { $0.reminderID = reminder.id }, tenant.options()).times.allSatisfy {
                $0.reason == .settled
            })
    }

    @Test("what no provider takes for eight days was not delivered, and what is so late is not sent")
    func late() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        let reminder = try await tenant.remind(customer)
        try await tenant.sendDue(reminder, at: "2025-10-02T10:00")
        #expect(try await tenant.settleDue(reminder, at: "2025-10-10T09:59") == .seconds(600))
        #expect(try await tenant.settleDue(reminder, at: "2025-10-10T10:01") == nil)
        #expect(try await tenant.reminder(reminder.id).reason == .notDelivered)
        let other = try await tenant.remind(customer)
        try await tenant.sendDue(other, at: "2025-10-10T10:01")
        let now = try await tenant.reminder(other.id)
        #expect((now.state, now.reason) == (.expired, .tooLate))
    }

    @Test("who was merged into another is reminded under that one's rules and address")
    func merged() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let (customer, survivor) = (try await tenant.debtor(), try await tenant.debtor(email: "survivor@example.com"))
        let (first, second) = (try await tenant.remind(customer), try await tenant.remind(customer, at: "2025-10-02T12:00"))
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue(
                """
                UPDATE customer SET merged_into = \(RecordID(survivor)) WHERE tenant_id = current_tenant() AND id = \(RecordID(customer))
                """)
        }
        try await tenant.sendDue(first, at: "2025-10-02T10:00")
        let recipients: [String] = try await tenant.world.administration.batch(tenant.scope) {
            $0.all("SELECT recipient FROM delivery WHERE tenant_id = current_tenant()")
        }
        #expect(recipients == ["survivor@example.com"])
        try await tenant.prefer(survivor) { $0.isOptedOut = true }
        try await tenant.sendDue(second, at: "2025-10-02T12:00")
        #expect(try await tenant.reminder(second.id).reason == .optedOut)
    }
}
