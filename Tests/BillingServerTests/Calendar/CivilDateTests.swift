import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("Days, months and financial years")
struct CivilDateTests {
    @Test("Every day from year 1 to 9999 leads to its number and back, the weekday goes on by one")
    func everyDay() throws {
        var date = try #require(CivilDate(year: 1, month: 1, day: 1))
        #expect(date.weekday == .monday)
        // A step of 37 days meets every day of the month, every month and every weekday.
        while let next = date.adding(days: 37) {
            #expect(CivilDate(daysSince1970: next.daysSince1970) == next)
            #expect(CivilDate(year: next.year, month: next.month, day: next.day) == next)
            #expect(date.weekday.days(until: next.weekday) == 2)
            #expect(date < next)
            date = next
        }
        #expect(date.year == 9_999 && date.month == 12)
    }

    @Test(
        "Known days have their numbers and weekdays",
        arguments: [
            ("1970-01-01", 0, Weekday.thursday), ("2000-02-29", 11_016, .tuesday), ("2025-09-22", 20_353, .monday),
            ("1969-12-31", -1, .wednesday), ("2026-03-31", 20_543, .tuesday),
        ])
    func known(text: String, days: Int, weekday: Weekday) throws {
        let date = try #require(CivilDate(text))
        #expect(date.daysSince1970 == days)
        #expect(date.weekday == weekday)
        #expect(date.description == text)
    }

    @Test(
        "What is no day is none",
        arguments: [
            "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-01", "2025-01-00", "2025-04-31", "0000-01-01", "2025-1-1", "20250101", "",
            "2025-01-01 ", "２０２５-01-01", "+025-01-01",
        ])
    func noDay(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test("Days beyond the calendar are nil, however far")
    func beyond() throws {
        let date = CivilDate(known: "2025-01-01")
        for days in [Int.max, Int.min, 3_000_000, -800_000] {
            #expect(date.adding(days: days) == nil)
            #expect(date.adding(months: days) == nil)
        }
        #expect(CivilDate(unixSeconds: .max, utcOffsetSeconds: 19_800) == nil)
        #expect(CivilDate(unixSeconds: .min, utcOffsetSeconds: -1) == nil)
        #expect(try #require(CivilMoment(date, hour: 1)).adding(minutes: .min) == nil)
        #expect(try #require(CivilMoment(date, hour: 1)).adding(minutes: .max) == nil)
    }

    @Test(
        "A month later is the same day, or the month's last; what began on a 31st returns to it",
        arguments: [
            ("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2025-01-31", 2, "2025-03-31"),
            ("2025-12-15", 1, "2026-01-15"), ("2025-03-31", -1, "2025-02-28"), ("2025-01-15", -1, "2024-12-15"),
            ("2024-02-29", 12, "2025-02-28"),
        ])
    func months(from: String, months: Int, to: String) {
        #expect(CivilDate(known: from).adding(months: months)?.description == to)
    }

    @Test("A day of the month that is asked for is aimed at from a shorter month, too")
    func dayOfMonth() {
        #expect(CivilDate(known: "2025-02-28").adding(months: 1, dayOfMonth: 31)?.description == "2025-03-31")
        #expect(CivilDate(known: "2025-02-28").adding(months: 1, dayOfMonth: 32) == nil)
    }

    @Test("Minutes carry over midnight in both directions")
    func minutes() throws {
        let moment = try #require(CivilMoment(CivilDate(known: "2025-12-31"), hour: 23, minute: 59))
        #expect(moment.adding(minutes: 1)?.description == "2026-01-01T00:00")
        #expect(moment.adding(minutes: -1_440)?.description == "2025-12-30T23:59")
        #expect(moment.minutes(until: try #require(moment.adding(minutes: 12_345))) == 12_345)
        #expect(CivilMoment(moment.date, hour: 24) == nil)
        #expect(CivilMoment(moment.date, hour: 1, minute: 60) == nil)
    }

    @Test(
        "The financial year begins on 1 April of the tenant's own clocks",
        arguments: [("2026-03-31", "2526"), ("2026-04-01", "2627"), ("1999-04-01", "9900"), ("2000-01-01", "9900"), ("2009-12-31", "0910")])
    func financialYear(day: String, year: String) {
        #expect(FinancialYear(of: CivilDate(known: day)).description == year)
    }

    @Test(
        "A moment is told to the second it is in, in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_774_981_799_999_999, "2026-03-31T18:29:59Z"), (-1, "1969-12-31T23:59:59Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"), (.max, "a time outside the years 1 to 9999"),
        ] as [(Int64, String)])
    func moments(microseconds: Int64, text: String) {
        #expect(Instant(unixMicroseconds: microseconds).utcText == text)
    }

    @Test("At midnight in Kolkata it is the evening before in UTC: the year is the tenant's")
    func zone() throws {
        // 2026-03-31T18:30:00Z
        let begin: Int64 = 1_774_981_800
        let ist = 19_800
        #expect(FinancialYear(of: try #require(CivilDate(unixSeconds: begin, utcOffsetSeconds: ist))).description == "2627")
        #expect(FinancialYear(of: try #require(CivilDate(unixSeconds: begin - 1, utcOffsetSeconds: ist))).description == "2526")
        #expect(FinancialYear(of: try #require(CivilDate(unixSeconds: begin, utcOffsetSeconds: 0))).description == "2526")
        #expect(CivilDate(unixSeconds: -1, utcOffsetSeconds: 0)?.description == "1969-12-31")
    }
}
