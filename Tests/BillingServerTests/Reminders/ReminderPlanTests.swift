import Platform
import Resources
import Testing

@testable import BillingServer

@Suite("Times of reminders")
struct ReminderPlanTests {
    private static func times(_ first: String, _ interval: Recurrence.Interval, zone: String, count: Int) throws -> [String] {
        let clock = LocalClock(zone: try ZoneHistory(zone))
        let moment = try clock.moment(at: ReminderWorld.time(first, in: zone))
        let plan = ReminderPlan(clock: clock, first: moment, recurrence: try Recurrence(first: moment, interval))
        var times: [String] = []
        var last = Instant(unixMicroseconds: plan.firstInstant.unixMicroseconds - 1)
        while times.count < count, let next = try plan.next(after: last) {
            #expect(next > last)
            times.append(try clock.moment(at: next).description)
            last = next
        }
        return times
    }

    @Test("what is on a 31st is on shorter months' last days, and on the 31st again")
    func monthEnd() throws {
        #expect(
            try Self.times("2024-01-31T10:00", .months(1, dayOfMonth: 31), zone: "Asia/Kolkata", count: 5) == [
                "2024-01-31T10:00", "2024-02-29T10:00", "2024-03-31T10:00", "2024-04-30T10:00", "2024-05-31T10:00",
            ])
    }

    @Test("daylight saving moves no time on the clock, but for one that does not come, and doubles none")
    func daylightSaving() throws {
        #expect(
            try Self.times("2025-03-29T01:30", .days(1), zone: "Europe/London", count: 3) == [
                "2025-03-29T01:30", "2025-03-30T02:00", "2025-03-31T01:30",
            ])
        #expect(
            try Self.times("2025-10-25T01:30", .days(1), zone: "Europe/London", count: 3) == [
                "2025-10-25T01:30", "2025-10-26T01:30", "2025-10-27T01:30",
            ])
        // 01:30 and 02:00 are one moment where an hour is left out.
        #expect(
            try Self.times("2025-03-30T00:30", .minutes(60), zone: "Europe/London", count: 4) == [
                "2025-03-30T00:30", "2025-03-30T02:00", "2025-03-30T02:30", "2025-03-30T03:30",
            ])
    }

    @Test("what was missed for years is not made up for")
    func missed() throws {
        let clock = LocalClock(zone: try ZoneHistory("Asia/Kolkata"))
        let first = try clock.moment(at: ReminderWorld.now)
        let plan = ReminderPlan(clock: clock, first: first, recurrence: try Recurrence(first: first, .minutes(60)))
        #expect(try plan.next(after: ReminderWorld.time("2045-10-01T10:20")) == ReminderWorld.time("2045-10-01T11:00"))
        let once = ReminderPlan(clock: clock, first: first, recurrence: nil)
        #expect(try once.next(after: ReminderWorld.now) == nil)
        #expect(try once.next(after: ReminderWorld.time("2025-10-01T09:59")) == ReminderWorld.now)
    }

    @Test("a text is filled in, and braces that are no place are refused")
    func text() throws {
        let text = try ReminderText("Dear {{customer}}: {{amount}} of {{invoice}}, {{due_on}}. {{business}}", hasInvoice: true)
        #expect(text.filled { $0.rawValue.uppercased() } == "Dear CUSTOMER: AMOUNT of INVOICE, DUE_ON. BUSINESS")
        #expect(try ReminderText("{ ₹ } नमस्ते", hasInvoice: false).filled { _ in "" } == "{ ₹ } नमस्ते")
        for wrong in ["{{", "}}", "{{x}}", "{{}}", "{{ customer }}", "a}}b{{customer}}", "{{{customer}}}", "{{{{customer}}", "{{invoice}}"]
        {
            #expect(throws: BillingError.reminderTextPlace, "\(wrong)") { try ReminderText(wrong, hasInvoice: false) }
        }
        for subject in ReminderSubject.allCases {
            for hasInvoice in [false, true] {
                guard let usual = subject.usualText(hasInvoice: hasInvoice) else { continue }
                _ = try ReminderText(usual, hasInvoice: hasInvoice)
            }
        }
    }

    @Test("a minute of the day is read as it is written", arguments: [0, 1, 59, 60, 540, 1_260, 1_439])
    func minuteOfDay(minute: Int) { #expect(MinuteOfDay.read(MinuteOfDay.text(minute)) == minute) }

    @Test("what is no minute of the day is none", arguments: ["", "9:00", "24:00", "10:60", "+1:00", "10:0", "10.00", "1０:00"])
    func noMinuteOfDay(text: String) { #expect(MinuteOfDay.read(text) == nil) }

    @Test("who pays late is reminded two days ahead", arguments: [(nil, 24), (0, 24), (25, 24), (26, 48), (400, 48)])
    func advice(days: Int?, hours: Int) {
        #expect(ReminderAdvice(averageDaysToPay: days).leadHours == hours)
    }
}
