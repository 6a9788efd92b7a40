import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

/// Phrases through the method, in three scripts; the core's own tests have many more.
@Suite("Times in words, asked for")
struct ParseScheduleTests {
    @Test(
        "what is said on a Wednesday at ten, in a zone",
        arguments: [
            ("tomorrow 5 pm", "Asia/Kolkata", "2025-10-02T17:00", "2025-10-02T11:30Z"),
            ("in 2 hours", "Asia/Kolkata", "2025-10-01T12:00", "2025-10-01T06:30Z"),
            ("25 December 2026 at 17:00", "Europe/London", "2026-12-25T17:00", "2026-12-25T17:00Z"),
            ("kal shaam saadhe 5 baje", "Asia/Kolkata", "2025-10-02T17:30", "2025-10-02T12:00Z"),
            ("parso", "Asia/Kolkata", "2025-10-03T19:00", "2025-10-03T13:30Z"),
            ("कल शाम ५ बजे", "Asia/Kolkata", "2025-10-02T17:00", "2025-10-02T11:30Z"),
            ("अगले महीने १५ तारीख को", "Asia/Kolkata", "2025-11-15T19:00", "2025-11-15T13:30Z"),
            // Clocks go back in New York on 2 November: 01:30 comes twice, and the first one is meant; on 8 March 02:30 does not come.
            ("2 november 2025 1:30 am", "America/New_York", "2025-11-02T01:30", "2025-11-02T05:30Z"),
            ("8 march 2026 2:30 am", "America/New_York", "2026-03-08T02:30", "2026-03-08T07:00Z"),
        ])
    func once(text: String, zone: String, local: String, utc: String) async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reply = try await parse(text, zone, tenant)
        #expect(reply.localTime == local)
        #expect((reply.at?.local("UTC") ?? "") + "Z" == utc)
        #expect(reply.recurrence == nil)
        #expect(reply.next.isEmpty)
        #expect(reply.timeZone == zone)
    }

    @Test(
        "what recurs shows its interval and the next times",
        arguments: [
            (
                "every month on the 31st at 10 am", .months(1),
                ["2025-10-31T10:00", "2025-11-30T10:00", "2025-12-31T10:00", "2026-01-31T10:00"]
            ),
            ("हर महीने ३१ तारीख", .months(1), ["2025-10-31T19:00", "2025-11-30T19:00", "2025-12-31T19:00", "2026-01-31T19:00"]),
            ("roz subah 11 baje", .days(1), ["2025-10-01T11:00", "2025-10-02T11:00", "2025-10-03T11:00", "2025-10-04T11:00"]),
            ("हर सोमवार", .days(7), ["2025-10-06T19:00", "2025-10-13T19:00", "2025-10-20T19:00", "2025-10-27T19:00"]),
            ("hourly", .minutes(60), ["2025-10-01T11:00", "2025-10-01T12:00", "2025-10-01T13:00", "2025-10-01T14:00"]),
        ] as [(String, ReminderRecurrence.Interval, [String])])
    func recurring(text: String, interval: ReminderRecurrence.Interval, times: [String]) async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let reply = try await parse(text, "", tenant)
        #expect(reply.recurrence?.interval == interval)
        #expect(([reply.at].compactMap { $0 } + reply.next).map { $0.local() } == times)
    }

    @Test(
        "what is not understood, has passed or is too often is refused",
        arguments: [
            ("soon", "", ["text"]), ("明日", "", ["text"]), ("every 59 minutes", "", ["text"]), ("har minute", "", ["text"]),
            ("today 9 am", "", ["text"]), ("tomorrow", "Asia/Bombay2", ["time_zone"]), ("", "", ["text"]),
            (String(repeating: "कल ", count: 40), "", ["text"]),
        ])
    func refused(text: String, zone: String, fields: [String]) async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        let error = await refusal { try await parse(text, zone, tenant) }
        #expect(error?.reason == "FIELD_VIOLATION")
        #expect(error?.violatedFields == fields)
    }

    @Test("without a zone it is the seller's, and without a time it is now")
    func seller() async throws {
        let tenant = try await ReminderWorld.shared().tenant()
        try await tenant.sell { $0.timeZone = "Europe/London" }
        let reply = try await tenant.reminders.parseSchedule(.with { $0.text = "in 2 hours" }, tenant.options())
        #expect((reply.timeZone, reply.localTime) == ("Europe/London", "2025-10-01T07:30"))
    }

    private func parse(_ text: String, _ zone: String, _ tenant: BillingTenant) async throws -> ParseScheduleReply {
        let zoneOfNow = zone.isEmpty || zone == "Asia/Bombay2" ? "Asia/Kolkata" : zone
        return try await tenant.reminders.parseSchedule(
            .with {
                ($0.text, $0.timeZone) = (text, zone)
                $0.now = ReminderWorld.time("2025-10-01T10:00", in: zoneOfNow).timestamp
            }, tenant.options())
    }
}
