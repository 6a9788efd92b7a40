import TestSupport
import Testing

@testable import BillingServer

@Suite("Recurrence, quiet hours, caps")
struct RecurrenceTests {
    private func moment(_ date: String, _ hour: Int, _ minute: Int = 0) throws -> CivilMoment {
        try #require(CivilMoment(CivilDate(known: date), hour: hour, minute: minute))
    }

    @Test("Monthly on a 31st is each month's last day, and the 31st again where there is one")
    func monthEnd() throws {
        let recurrence = try Recurrence(first: moment("2024-01-31", 9), .months(1, dayOfMonth: 31))
        var days: [String] = []
        var last = recurrence.first
        for _ in 0..<13 {
            last = try #require(recurrence.next(after: last))
            days.append(last.date.description)
        }
        #expect(
            days == [
                "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31", "2024-08-31", "2024-09-30",
                "2024-10-31",
                "2024-11-30", "2024-12-31", "2025-01-31", "2025-02-28",
            ])
        #expect(last.minuteOfDay == 540)
    }

    @Test("What began in February returns to its 31st, too")
    func fromFebruary() throws {
        let recurrence = try Recurrence(first: moment("2025-02-28", 9), .months(1, dayOfMonth: 31))
        #expect(recurrence.next(after: recurrence.first)?.date.description == "2025-03-31")
    }

    @Test("The next time is later than the moment, the same for every moment up to it, and reached by single steps")
    func next() throws {
        let seed = Soak.seed(7_007)
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let start = CivilDate(known: "2024-01-29").adding(days: Int.random(in: 0...60, using: &random)) ?? Samples.day
            let first = try #require(CivilMoment(start, minuteOfDay: Int.random(in: 0..<1_440, using: &random)))
            let interval: Recurrence.Interval =
                switch Int.random(in: 0...2, using: &random) {
                case 0: .minutes(Int.random(in: 60...5_000, using: &random))
                case 1: .days(Int.random(in: 1...40, using: &random))
                default: .months(Int.random(in: 1...14, using: &random), dayOfMonth: start.day)
                }
            let recurrence = try Recurrence(first: first, interval)
            var last = first
            for _ in 0..<30 {
                let next = try #require(recurrence.next(after: last), "seed \(seed)")
                #expect(next > last, "seed \(seed)")
                let between = try #require(last.adding(minutes: Int.random(in: 0..<last.minutes(until: next), using: &random)))
                #expect(recurrence.next(after: between) == next, "seed \(seed)")
                last = next
            }
        }
    }

    @Test("Before the first time comes the first; after the year 9999 comes none")
    func ends() throws {
        let recurrence = try Recurrence(first: moment("2025-01-31", 9), .months(120, dayOfMonth: 31))
        #expect(recurrence.next(after: try moment("2020-01-01", 0)) == recurrence.first)
        #expect(recurrence.next(after: try moment("9999-12-31", 23)) == nil)
        #expect(try Recurrence(first: moment("9999-12-31", 9), .days(1)).next(after: moment("9999-12-31", 9)) == nil)
        #expect(try Recurrence(first: moment("9999-12-31", 9), .minutes(60)).next(after: moment("9999-12-31", 23, 30)) == nil)
    }

    @Test("Intervals are an hour to ten years, and the first time is on its day")
    func bounds() throws {
        let first = try moment("2025-02-28", 9)
        #expect(throws: BillingError.recurrenceTooFrequent) { try Recurrence(first: first, .minutes(59)) }
        for interval: Recurrence.Interval in [.days(0), .months(0, dayOfMonth: 28), .minutes(.min), .days(.min)] {
            #expect(throws: BillingError.recurrenceTooFrequent) { try Recurrence(first: first, interval) }
        }
        let outside: [Recurrence.Interval] = [
            .days(3_661), .months(121, dayOfMonth: 28), .months(1, dayOfMonth: 27), .months(1, dayOfMonth: 32), .months(1, dayOfMonth: 0),
            .minutes(.max), .days(.max), .months(.max, dayOfMonth: 28),
        ]
        for interval in outside { #expect(throws: BillingError.recurrenceOutOfRange) { try Recurrence(first: first, interval) } }
        #expect(throws: Never.self) { try Recurrence(first: first, .months(1, dayOfMonth: 30)) }
    }

    @Test(
        "Quiet hours end when they end, across midnight, too",
        arguments: [
            (20, 59, "2025-10-01T20:59"), (21, 0, "2025-10-02T09:00"), (23, 59, "2025-10-02T09:00"), (0, 0, "2025-10-01T09:00"),
            (8, 59, "2025-10-01T09:00"), (9, 0, "2025-10-01T09:00"),
        ])
    func quietHours(hour: Int, minute: Int, next: String) throws {
        let quiet = try #require(QuietHours(startMinute: 21 * 60, endMinute: 9 * 60))
        #expect(quiet.next(from: try moment("2025-10-01", hour, minute))?.description == next)
    }

    @Test("Quiet hours within a day, and none")
    func otherQuietHours() throws {
        let noon = try #require(QuietHours(startMinute: 720, endMinute: 780))
        #expect(noon.next(from: try moment("2025-10-01", 12, 30))?.description == "2025-10-01T13:00")
        #expect(!noon.contains(try moment("2025-10-01", 13)))
        let none = try #require(QuietHours(startMinute: 0, endMinute: 0))
        #expect(!none.contains(try moment("2025-10-01", 0)))
        #expect(QuietHours(startMinute: -1, endMinute: 0) == nil && QuietHours(startMinute: 0, endMinute: 1_440) == nil)
        let night = try #require(QuietHours(startMinute: 1_260, endMinute: 540))
        #expect(night.next(from: try moment("9999-12-31", 22)) == nil)
    }

    @Test("Three in seven days and ten in thirty are enough")
    func caps() {
        let days = { (ago: [Int]) in ago.compactMap { Samples.day.adding(days: -$0) } }
        let caps = ContactCaps.usual
        #expect(caps.allows(on: Samples.day, after: days([0, 6])))
        #expect(!caps.allows(on: Samples.day, after: days([0, 0, 6])))
        #expect(caps.allows(on: Samples.day, after: days([0, 6, 7])))
        #expect(!caps.allows(on: Samples.day, after: days(Array(20...29))))
        #expect(caps.allows(on: Samples.day, after: days(Array(21...30))))
    }
}
