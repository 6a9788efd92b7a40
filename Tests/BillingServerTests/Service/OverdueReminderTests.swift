import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Reminders of what is overdue, and will be")
struct OverdueReminderTests {
    @Test("each overdue invoice has one reminder at six in the evening; who opted out and who has one has none more")
    func overdue() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let (customer, silent) = (try await tenant.debtor(), try await tenant.debtor())
        try await tenant.prefer(silent) { $0.isOptedOut = true }
        let old = try await tenant.bill(of: customer, number: "INV2526/000001", due: "2025-09-01")
        let yesterday = try await tenant.bill(of: customer, number: "INV2526/000002", due: "2025-09-30")
        _ = try await tenant.bill(of: customer, number: "INV2526/000003", due: "2025-10-01")
        _ = try await tenant.bill(of: silent, number: "INV2526/000004", due: "2025-09-01")
        let paid = try await tenant.bill(of: customer, number: "INV2526/000005", due: "2025-09-01")
        try await tenant.payBill(paid, on: "2025-09-02")
        func create(_ key: String = BillingTenant.newKey(), _ change: (inout CreateOverdueRemindersRequest) -> Void = { _ in }) async throws
            -> CreateOverdueRemindersReply
        {
            try await tenant.reminders.createOverdueReminders(.with(change), tenant.options(key: key))
        }
        let key = BillingTenant.newKey()
        let first = try await create(key) { $0.limit = 1 }
        #expect((first.reminderIDs.count, first.hasMore, first.dueAt?.local()) == (1, true, "2025-10-01T18:00"))
        let reminder = try await tenant.reminder(first.reminderIDs[0])
        #expect((reminder.invoiceID, reminder.kind, reminder.channels) == (old, .paymentOverdue, [.email, .whatsapp]))
        #expect(try await create(key) { $0.limit = 1 }.encoded(deterministic: true) == first.encoded(deterministic: true))
        #expect(try await create { $0.daysOverdueMin = 2 }.reminderIDs.isEmpty)
        let second = try await create()
        #expect((second.reminderIDs.count, second.hasMore) == (1, false))
        #expect(try await tenant.reminder(second.reminderIDs[0]).invoiceID == yesterday)
        #expect(try await create().reminderIDs.isEmpty)
        #expect(try await tenant.count("SELECT count(*) FROM reminder WHERE tenant_id = current_tenant()") == 2)
        #expect(await refusal { try await create { $0.text = "{{x}}" } }?.violatedFields == ["text"])
        #expect(await refusal { try await create { $0.limit = 501 } }?.violatedFields == ["limit"])
    }

    @Test("of two at the same time, the second sees what the first has done")
    func atOnce() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        for number in 1...5 { _ = try await tenant.bill(of: customer, number: "INV2526/00000\(number)", due: "2025-09-01") }
        let created = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await tenant.reminders.createOverdueReminders(
                        CreateOverdueRemindersRequest(), tenant.options(key: BillingTenant.newKey())
                    ).reminderIDs.count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(created == 5)
    }

    @Test("what is due within a week is suggested a day ahead, two days for who pays late; nothing is written")
    func suggestions() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let (prompt, slow) = (try await tenant.debtor(), try await tenant.debtor())
        for (customer, day) in [(prompt, "2025-09-11"), (slow, "2025-09-28")] {
            let invoice = try await tenant.bill(of: customer, number: "OLD/\(day)", issued: "2025-09-01", due: "2025-09-15")
            try await tenant.payBill(invoice, on: day)
        }
        let (a, b) = (
            try await tenant.bill(of: prompt, number: "INV2526/000001", due: "2025-10-06"),
            try await tenant.bill(of: slow, number: "INV2526/000002", due: "2025-10-07")
        )
        let today = try await tenant.bill(of: prompt, number: "INV2526/000003", due: "2025-10-01")
        _ = try await tenant.bill(of: prompt, number: "INV2526/000004", due: "2025-10-09")
        let reminded = try await tenant.bill(of: prompt, number: "INV2526/000005", due: "2025-10-05")
        _ = try await tenant.remind(prompt) { $0.invoiceID = reminded }
        let reply = try await tenant.reminders.suggestReminders(SuggestRemindersRequest(), tenant.options())
        #expect(reply.suggestions.map(\.invoiceID) == [today, a, b])
        #expect(reply.suggestions.map(\.leadHours) == [24, 24, 48])
        #expect(reply.suggestions.map(\.averageDaysToPay) == [10, 10, 27])
        #expect(reply.suggestions.map { $0.remindAt?.local() } == ["2025-10-01T10:00", "2025-10-05T10:00", "2025-10-05T10:00"])
        #expect(reply.suggestions[0].openAmount == .with { ($0.currencyCode, $0.minorUnits) = ("INR", 50_000) })
        #expect(try await tenant.count("SELECT count(*) FROM reminder WHERE tenant_id = current_tenant()") == 1)
    }

    @Test("preferences are the usual ones until somebody says others, and are changed by the version that was read")
    func preferences() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let customer = try await tenant.debtor()
        func get() async throws -> BillingAPI.ContactPreferences {
            try await tenant.reminders.getContactPreferences(.with { $0.customerID = customer }, tenant.options())
        }
        let usual = try await get()
        #expect((usual.quietFrom, usual.quietUntil, usual.weeklyCap, usual.monthlyCap) == ("21:00", "09:00", 3, 10))
        #expect((usual.channels, usual.etag, usual.isOptedOut) == ([.email], "", false))
        let said = try await tenant.prefer(customer, etag: "") {
            ($0.quietFrom, $0.weeklyCap, $0.channels, $0.timeZone) = ("20:00", 0, [.whatsapp], "Europe/London")
        }
        #expect((said.quietFrom, said.quietUntil, said.weeklyCap, said.monthlyCap) == ("20:00", "09:00", 0, 10))
        #expect(try await get() == said)
        let changed = try await tenant.prefer(customer, etag: said.etag) { $0.isOptedOut = true }
        #expect(changed.etag != said.etag)
        #expect(await refusal { try await tenant.prefer(customer, etag: said.etag) { _ in } }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await tenant.prefer(customer, etag: "") { _ in } }?.violatedFields == ["etag"])
        #expect(
            await refusal { try await tenant.prefer(customer) { $0.timeZone = "Mars/Base" } }?.violatedFields == ["preferences.time_zone"])
        #expect(
            await refusal { try await tenant.prefer(customer) { $0.quietFrom = "25:00" } }?.violatedFields == ["preferences.quiet_from"])
        #expect(await refusal { try await tenant.prefer(customer) { $0.weeklyCap = 101 } }?.violatedFields == ["preferences.weekly_cap"])
        #expect(try await get() == changed)
    }
}
