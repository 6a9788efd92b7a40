import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Reminders")
struct ReminderTests {
    /// A request that breaks one rule.
    struct Flaw: Sendable {
        let field: String
        let change: @Sendable (inout CreateReminderRequest) -> Void

        init(_ field: String, _ change: @escaping @Sendable (inout CreateReminderRequest) -> Void) {
            (self.field, self.change) = (field, change)
        }
    }

    @Test("a reminder is created once, read, and found by customer, state and time")
    func create() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        let key = BillingTenant.newKey()
        let created = try await tenant.remind(customer, key: key)
        #expect(created.state == .pending)
        #expect(created.dueAt?.local() == "2025-10-02T10:00")
        #expect(created.dueAt == created.runAt)
        #expect(created.timeZone == "Asia/Kolkata")
        #expect(created.recurrence == nil)
        // Byte for byte.
        let again = try await tenant.remind(customer, key: key)
        #expect(again.encoded(deterministic: true) == created.encoded(deterministic: true))
        #expect(try await tenant.count("SELECT count(*) FROM reminder WHERE tenant_id = current_tenant()") == 1)
        #expect(try await tenant.count("SELECT count(*) FROM job WHERE tenant_id = current_tenant()") == 1)
        #expect(await refusal { try await tenant.remind(customer, at: "2025-10-03T10:00", key: key) }?.reason == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await tenant.reminder(created.id) == created)

        let other = try await tenant.remind(try await tenant.debtor(), at: "2025-10-05T10:00")
        func list(_ change: (inout ListRemindersRequest) -> Void) async throws -> [String] {
            try await tenant.reminders.listReminders(.with(change), tenant.options()).reminders.map(\.id)
        }
        #expect(try await list { _ in }.sorted() == [other.id, created.id].sorted())
        #expect(try await list { $0.customerID = customer } == [created.id])
        #expect(try await list { $0.states = [.sent] } == [])
        #expect(try await list { $0.dueFrom = ReminderWorld.time("2025-10-03T00:00").timestamp } == [other.id])
        #expect(try await list { $0.dueBefore = ReminderWorld.time("2025-10-03T00:00").timestamp } == [created.id])

        let first = try await tenant.reminders.listReminders(.with { $0.pageSize = 1 }, tenant.options())
        let second = try await tenant.reminders.listReminders(
            .with { ($0.pageSize, $0.pageToken) = (1, first.nextPageToken) }, tenant.options())
        #expect(first.reminders.map(\.id) + second.reminders.map(\.id) == [other.id, created.id].sorted(by: >))
        #expect(second.nextPageToken.isEmpty)
        let wrong = await refusal {
            try await tenant.reminders.listReminders(
                .with { ($0.customerID, $0.pageToken) = (customer, first.nextPageToken) }, tenant.options())
        }
        #expect(wrong?.reason == "PAGE_TOKEN_INVALID")
    }

    @Test("R8 · another tenant finds nothing, changes nothing, and reminds nobody")
    func isolation() async throws {
        let world = try await ReminderWorld.shared()
        let (tenant, stranger) = (world.tenant(), world.tenant())
        let customer = try await tenant.debtor()
        let reminder = try await tenant.remind(customer)
        #expect(await refusal { try await stranger.reminder(reminder.id) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await stranger.remind(customer) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await stranger.prefer(customer) { _ in } }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await stranger.reminders.listReminders(ListRemindersRequest(), stranger.options()).reminders.isEmpty)
        let cancel = CancelReminderRequest.with { ($0.id, $0.etag) = (reminder.id, "*") }
        #expect(await refusal { try await stranger.reminders.cancelReminder(cancel, stranger.options()) }?.reason == "RESOURCE_NOT_FOUND")
        let modify = ModifyReminderRequest.with {
            ($0.id, $0.etag, $0.text) = (reminder.id, "*", "x")
            $0.updateMask = .with { $0.paths = ["text"] }
        }
        #expect(await refusal { try await stranger.reminders.modifyReminder(modify, stranger.options()) }?.reason == "RESOURCE_NOT_FOUND")
        let now = SendReminderNowRequest.with { $0.id = reminder.id }
        let key = BillingTenant.newKey()
        #expect(
            await refusal { try await stranger.reminders.sendReminderNow(now, stranger.options(key: key)) }?.reason == "RESOURCE_NOT_FOUND")
        #expect(try await stranger.jobs(at: "2025-10-02T10:00").sendDue(stranger.recordID(reminder.id), stranger.jobScope) == nil)
        #expect(try await stranger.deliveryCount() == 0)
        #expect(try await tenant.reminder(reminder.id) == reminder)
    }

    @Test("BIL-12 · another text leaves the recurrence, the time and the channels as they were")
    func modifyText() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor()) {
            $0.schedule = .with { $0.when = .phrase("every month on the 31st at 10 am") }
        }
        #expect(reminder.recurrence?.interval == .months(1))
        let modified = try await tenant.reminders.modifyReminder(
            .with {
                ($0.id, $0.etag, $0.text) = (reminder.id, reminder.etag, "Dear {{customer}}, the rent.")
                $0.updateMask = .with { $0.paths = ["text"] }
            }, tenant.options())
        var expected = reminder
        (expected.text, expected.etag, expected.updatedAt) = (modified.text, modified.etag, modified.updatedAt)
        #expect(modified == expected)
        #expect(modified.text == "Dear {{customer}}, the rent.")
        #expect(try await tenant.reminder(reminder.id) == modified)
        let stale = await refusal {
            try await tenant.reminders.modifyReminder(
                .with {
                    ($0.id, $0.etag, $0.text) = (reminder.id, reminder.etag, "x")
                    $0.updateMask = .with { $0.paths = ["text"] }
                }, tenant.options())
        }
        #expect(stale?.reason == "ETAG_MISMATCH")
    }

    @Test("another schedule is another time, with or without a recurrence, and one job waits for it")
    func modifySchedule() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reminder = try await tenant.remind(try await tenant.debtor()) {
            $0.schedule = .with { $0.when = .phrase("every day at 10 am") }
        }
        func modify(_ paths: [String], _ change: (inout ModifyReminderRequest) -> Void) async throws -> BillingAPI.Reminder {
            try await tenant.reminders.modifyReminder(
                .with {
                    ($0.id, $0.etag) = (reminder.id, "*")
                    $0.updateMask = .with { $0.paths = paths }
                    change(&$0)
                }, tenant.options())
        }
        let once = try await modify(["schedule"]) {
            $0.schedule = .with { $0.when = .at(ReminderWorld.time("2025-10-09T11:30").timestamp) }
        }
        #expect(once.recurrence == nil)
        #expect(once.runAt?.local() == "2025-10-09T11:30")
        let weekly = try await modify(["schedule", "channels"]) {
            $0.schedule = .with {
                $0.when = .at(ReminderWorld.time("2025-10-08T11:30").timestamp)
                $0.recurrence = .with { $0.interval = .days(7) }
            }
            $0.channels = [.sms, .email]
        }
        #expect(weekly.recurrence?.interval == .days(7))
        #expect(weekly.channels == [.sms, .email])
        #expect(try await tenant.reminder(reminder.id) == weekly)
        #expect(try await tenant.count("SELECT count(*) FROM job WHERE tenant_id = current_tenant()") == 1)
        #expect(try await tenant.count("SELECT count(*) FROM reminder_occurrence WHERE tenant_id = current_tenant()") == 1)

        for (paths, fields) in [
            ([], ["update_mask"]), (["kind"], ["update_mask"]), (["schedule"], ["schedule.when"]), (["channels"], ["channels"]),
        ] {
            #expect(await refusal { try await modify(paths) { _ in } }?.violatedFields == fields)
        }
        let cancelled = try await tenant.reminders.cancelReminder(.with { ($0.id, $0.etag) = (reminder.id, weekly.etag) }, tenant.options())
        #expect(cancelled.state == .cancelled)
        #expect(await refusal { try await modify(["text"]) { $0.text = "x" } }?.reason == "PRECONDITION_FAILED")
        #expect(
            await refusal {
                try await tenant.reminders.cancelReminder(.with { ($0.id, $0.etag) = (reminder.id, "*") }, tenant.options())
            }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.sendDue(reminder, at: "2025-10-08T11:30") == nil)
        #expect(try await tenant.deliveryCount() == 0)
    }

    @Test("beside a due day, in the zone of the customer")
    func dueOffset() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        let invoice = try await tenant.bill(of: customer, number: "INV2526/000001", due: "2025-10-20")
        func remind(_ days: Int32, _ time: String, zone: String = "") async throws -> BillingAPI.Reminder {
            try await tenant.remind(customer) {
                ($0.kind, $0.invoiceID) = (.paymentDue, invoice)
                $0.schedule = .with {
                    $0.timeZone = zone
                    $0.when = .dueOffset(.with { ($0.days, $0.time) = (days, time) })
                }
            }
        }
        #expect(try await remind(-3, "").dueAt?.local() == "2025-10-17T10:00")
        #expect(try await remind(0, "18:30").dueAt?.local() == "2025-10-20T18:30")
        #expect(try await remind(30, "09:00", zone: "Europe/London").dueAt?.local("Europe/London") == "2025-11-19T09:00")
        #expect(await refusal { try await remind(-30, "") }?.violatedFields == ["schedule.due_offset"])
        try await tenant.prefer(customer) { $0.timeZone = "America/New_York" }
        #expect(try await remind(-1, "12:00").dueAt?.local("America/New_York") == "2025-10-19T12:00")
        try await tenant.payBill(invoice, on: "2025-10-01")
        #expect(await refusal { try await remind(1, "") }?.reason == "PRECONDITION_FAILED")
    }

    @Test(
        "what cannot be a reminder is refused with its fields, and nothing is kept",
        arguments: [
            Flaw("schedule.at") { $0.schedule = .with { $0.when = .at(ReminderWorld.time("2025-10-01T10:00").timestamp) } },
            Flaw("schedule.at") { $0.schedule = .with { $0.when = .at(ReminderWorld.time("2036-10-01T10:00").timestamp) } },
            Flaw("schedule.phrase") { $0.schedule = .with { $0.when = .phrase("every minute") } },
            Flaw("schedule.phrase") { $0.schedule = .with { $0.when = .phrase("today 9 am") } },
            Flaw("schedule.phrase") { $0.schedule = .with { $0.when = .phrase("soon") } },
            Flaw("schedule.phrase") { $0.schedule = .with { $0.when = .phrase(String(repeating: "k", count: 257)) } },
            Flaw("schedule.time_zone") {
                $0.schedule = .with { ($0.timeZone, $0.when) = ("../../etc/passwd", .phrase("tomorrow")) }
            },
            Flaw("schedule.recurrence") {
                $0.schedule?.recurrence = .with { $0.interval = .minutes(1) }
            },
            Flaw("schedule.recurrence") {
                $0.schedule?.recurrence = .with { $0.interval = .minutes(59) }
            },
            Flaw("schedule.recurrence.days") { $0.schedule?.recurrence = .with { $0.interval = .days(0) } },
            Flaw("schedule.recurrence.months") { $0.schedule?.recurrence = .with { $0.interval = .months(121) } },
            Flaw("schedule.recurrence") {
                $0.schedule = .with { ($0.when, $0.recurrence) = (.phrase("tomorrow"), .with { $0.interval = .days(1) }) }
            },
            Flaw("schedule.due_offset") { $0.schedule = .with { $0.when = .dueOffset(ReminderDueOffset()) } },
            Flaw("schedule.due_offset.days") { $0.schedule = .with { $0.when = .dueOffset(.with { $0.days = 31 }) } },
            Flaw("schedule.due_offset.time") { $0.schedule = .with { $0.when = .dueOffset(.with { $0.time = "24:00" }) } },
            Flaw("schedule") { $0.schedule = nil },
            Flaw("text") { $0.text = "Pay {{invoice}}" }, Flaw("text") { $0.text = "Pay {{everything}}" },
            Flaw("text") { $0.text = "Pay {{" },
            Flaw("text") { $0.text = "Pay }}" }, Flaw("text") { $0.text = String(repeating: "x", count: 1_001) },
            Flaw("text") { $0.text = "a\u{0}b" }, Flaw("text") { $0.kind = .custom },
            Flaw("kind") { $0.kind = .unspecified }, Flaw("kind") { $0.kind = ReminderKind(rawValue: 99) },
            Flaw("channels") { $0.channels = [] }, Flaw("channels") { $0.channels = [.email, .email] },
            Flaw("channels[0]") { $0.channels = [.unspecified] }, Flaw("customer_id") { $0.customerID = "ramesh" },
        ])
    func refused(flaw: Flaw) async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let error = await refusal { try await tenant.remind(try await tenant.debtor(), flaw.change) }
        #expect(error?.reason == "FIELD_VIOLATION")
        #expect(error?.violatedFields == [flaw.field])
        #expect(try await tenant.count("SELECT count(*) FROM reminder WHERE tenant_id = current_tenant()") == 0)
        #expect(try await tenant.count("SELECT count(*) FROM job WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("somebody else's invoice, and nobody at all, are not found; who is gone is not reminded")
    func references() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let (customer, other) = (try await tenant.debtor(), try await tenant.debtor())
        let invoice = try await tenant.bill(of: other, number: "INV2526/000001", due: "2025-10-20")
        #expect(await refusal { try await tenant.remind(customer) { $0.invoiceID = invoice } }?.reason == "RESOURCE_NOT_FOUND")
        #expect(await refusal { try await tenant.remind(invoice) }?.reason == "RESOURCE_NOT_FOUND")
        try await tenant.world.administration.batch(tenant.scope) { batch in
            batch.enqueue(
                """
                UPDATE customer SET anonymised_at = now(), name = 'gone',
                email = '' WHERE tenant_id = current_tenant() AND id = \(RecordID(customer))
                """)
        }
        #expect(await refusal { try await tenant.remind(customer) }?.reason == "PRECONDITION_FAILED")
    }
}
