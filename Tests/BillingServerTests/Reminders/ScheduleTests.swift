import TestSupport
import Testing

@testable import BillingServer

@Suite("Times in words")
struct ScheduleTests {
    /// A Wednesday morning.
    private static let now = moment("2025-10-01T10:00")

    private static func moment(_ text: String) -> CivilMoment {
        guard let hour = Int(text.dropFirst(11).prefix(2)), let minute = Int(text.suffix(2)),
            let moment = CivilMoment(CivilDate(known: String(text.prefix(10))), hour: hour, minute: minute)
        else { fatalError("\(text) is no moment") }
        return moment
    }

    @Test(
        "English",
        arguments: [
            ("tomorrow", "2025-10-02T19:00"), ("Tomorrow at 5 PM", "2025-10-02T17:00"), ("today 5:30 p.m.", "2025-10-01T17:30"),
            ("day after tomorrow morning", "2025-10-03T09:00"), ("at 9", "2025-10-01T21:00"), ("at 5", "2025-10-01T17:00"),
            ("9 am", "2025-10-02T09:00"), ("tonight", "2025-10-01T20:00"), ("noon", "2025-10-01T12:00"), ("12 noon", "2025-10-01T12:00"),
            ("friday 11 am", "2025-10-03T11:00"), ("wednesday 9 am", "2025-10-08T09:00"), ("Wednesday 11am", "2025-10-01T11:00"),
            ("next monday at half past ten", "2025-10-06T10:30"), ("quarter to six tomorrow", "2025-10-02T17:45"),
            ("in 2 hours", "2025-10-01T12:00"), ("half an hour later", "2025-10-01T10:30"), ("in an hour", "2025-10-01T11:00"),
            ("after 45 minutes", "2025-10-01T10:45"), ("3 days from now", "2025-10-04T19:00"),
            ("in two weeks at 10 am", "2025-10-15T10:00"),
            ("in a month", "2025-11-01T19:00"), ("next month on the 5th", "2025-11-05T19:00"),
            ("25 December 2026 at 17:00", "2026-12-25T17:00"),
            ("the 25th of december", "2025-12-25T19:00"), ("January 5 at 8 am", "2026-01-05T08:00"),
            ("2025-10-01 23:15", "2025-10-01T23:15"),
            ("25/12/2025 05:30", "2025-12-25T05:30"), ("1/10 at 11 am", "2025-10-01T11:00"), ("30/9", "2026-09-30T19:00"),
            ("29 feb", "2028-02-29T19:00"), ("twenty one november", "2025-11-21T19:00"), ("5 in the evening", "2025-10-01T17:00"),
            ("tomorrow 5.30 pm", "2025-10-02T17:30"), ("12 am 3 october", "2025-10-03T00:00"), ("12 pm tomorrow", "2025-10-02T12:00"),
            ("on the 31st", "2025-10-31T19:00"), ("1st 9 am", "2025-11-01T09:00"), ("twenty five minutes later", "2025-10-01T10:25"),
            ("next wednesday 11 am", "2025-10-08T11:00"), ("wednesday 11 am", "2025-10-01T11:00"), ("next friday", "2025-10-03T19:00"),
            ("in 1.5 hours", "2025-10-01T11:30"), ("after 2.5 hours", "2025-10-01T12:30"), ("0.5 hours later", "2025-10-01T10:30"),
            ("midnight", "2025-10-02T00:00"), ("tomorrow midnight", "2025-10-03T00:00"), ("12 midnight tomorrow", "2025-10-03T00:00"),
            ("25 december at midnight", "2025-12-26T00:00"), ("tomorrow - 5 pm", "2025-10-02T17:00"),
        ])
    func english(text: String, moment: String) throws {
        let schedule = try Schedule(text, now: Self.now)
        #expect(schedule.first == Self.moment(moment))
        #expect(schedule.recurrence == nil)
    }

    @Test(
        "Hindi in Latin letters",
        arguments: [
            ("kal shaam 5 baje", "2025-10-02T17:00"), ("aaj raat 9 baje", "2025-10-01T21:00"),
            ("kal subah saadhe nau baje", "2025-10-02T09:30"),
            ("parso dopahar 2 baje", "2025-10-03T14:00"), ("paune paanch baje", "2025-10-01T16:45"), ("sava chhe baje", "2025-10-01T18:15"),
            ("dedh baje", "2025-10-01T13:30"), ("dhai ghante baad", "2025-10-01T12:30"), ("teen din baad", "2025-10-04T19:00"),
            ("2 ghante mein", "2025-10-01T12:00"), ("aadhe ghante baad", "2025-10-01T10:30"), ("somvar ko", "2025-10-06T19:00"),
            ("agle hafte", "2025-10-08T19:00"), ("agle mahine 5 tarikh ko", "2025-11-05T19:00"),
            ("15 tarikh subah 8 baje", "2025-10-15T08:00"),
            ("pachchis disambar ko 6 baje", "2025-12-25T18:00"), ("aaj raat 12 baje", "2025-10-02T00:00"),
            ("aaj raat 2 baje", "2025-10-02T02:00"),
            ("paanch bajkar tees minute", "2025-10-01T17:30"), ("aaj 8 baje", "2025-10-01T20:00"), ("kal 8 baje", "2025-10-02T08:00"),
            ("ek mahine ke baad", "2025-11-01T19:00"), ("sat ko", "2025-10-04T19:00"), ("saat baje", "2025-10-01T19:00"),
            ("kal shaam 5:30 baje", "2025-10-02T17:30"), ("agle budhvar 11 baje", "2025-10-08T11:00"),
            ("1.5 ghante baad", "2025-10-01T11:30"), ("kal aadhi raat", "2025-10-03T00:00"),
        ])
    func latin(text: String, moment: String) throws {
        let schedule = try Schedule(text, now: Self.now)
        #expect(schedule.first == Self.moment(moment))
        #expect(schedule.recurrence == nil)
    }

    @Test(
        "Hindi in Devanagari, digits in either script",
        arguments: [
            ("कल शाम ५ बजे", "2025-10-02T17:00"), ("आज रात नौ बजे", "2025-10-01T21:00"), ("परसों सुबह साढ़े नौ बजे", "2025-10-03T09:30"),
            ("३ दिन बाद", "2025-10-04T19:00"), ("दो घंटे बाद", "2025-10-01T12:00"), ("ढाई घंटे में", "2025-10-01T12:30"),
            ("सोमवार को शाम 6 बजे", "2025-10-06T18:00"), ("अगले महीने १५ तारीख को", "2025-11-15T19:00"), ("२५ दिसंबर २०२६", "2026-12-25T19:00"),
            ("पौने पाँच बजे", "2025-10-01T16:45"), ("दोपहर डेढ़ बजे।", "2025-10-01T13:30"), ("कल १७:३०", "2025-10-02T17:30"),
            // The same letters, composed and not.
            ("कल साढ\u{93C}े दस बजे", "2025-10-02T10:30"), ("कल सा\u{95D}े दस बजे", "2025-10-02T10:30"),
        ])
    func devanagari(text: String, moment: String) throws {
        let schedule = try Schedule(text, now: Self.now)
        #expect(schedule.first == Self.moment(moment))
        #expect(schedule.recurrence == nil)
    }

    @Test(
        "What repeats has its first time and its interval",
        arguments: [
            ("every day at 9 am", "2025-10-02T09:00", .days(1)), ("daily", "2025-10-01T19:00", .days(1)),
            ("roz subah 11 baje", "2025-10-01T11:00", .days(1)), ("हर दिन सुबह 9 बजे", "2025-10-02T09:00", .days(1)),
            ("every morning", "2025-10-02T09:00", .days(1)), ("every monday 10 am", "2025-10-06T10:00", .days(7)),
            ("har somvar", "2025-10-06T19:00", .days(7)), ("every 2 weeks", "2025-10-01T19:00", .days(14)),
            ("every 2 hours", "2025-10-01T12:00", .minutes(120)), ("hourly", "2025-10-01T11:00", .minutes(60)),
            ("monthly on the 31st at 10 am", "2025-10-31T10:00", .months(1, dayOfMonth: 31)),
            ("har mahine ki 5 tarikh ko subah 10 baje", "2025-10-05T10:00", .months(1, dayOfMonth: 5)),
            ("हर महीने ३० तारीख", "2025-10-30T19:00", .months(1, dayOfMonth: 30)),
            ("every three months on the 1st at 9 am", "2025-11-01T09:00", .months(3, dayOfMonth: 1)),
            ("har roz", "2025-10-01T19:00", .days(1)), ("हर रोज़ सुबह 6 बजे", "2025-10-02T06:00", .days(1)),
            ("every 31st", "2025-10-31T19:00", .months(1, dayOfMonth: 31)),
            ("every 5th of the month at 9 am", "2025-10-05T09:00", .months(1, dayOfMonth: 5)),
            ("har 5 tarikh ko subah 10 baje", "2025-10-05T10:00", .months(1, dayOfMonth: 5)),
            ("every 2nd day at 9 am", "2025-10-02T09:00", .days(2)), ("every 3rd month", "2025-10-01T19:00", .months(3, dayOfMonth: 1)),
            ("every 25th of december", "2025-12-25T19:00", .months(12, dayOfMonth: 25)),
            ("every 1.5 hours", "2025-10-01T11:30", .minutes(90)), ("every day at midnight", "2025-10-02T00:00", .days(1)),
            ("every year 29 february", "2026-02-28T19:00", .months(12, dayOfMonth: 29)),
        ] as [(String, String, Recurrence.Interval)])
    func repeated(text: String, first: String, interval: Recurrence.Interval) throws {
        let schedule = try Schedule(text, now: Self.now)
        #expect(schedule.first == Self.moment(first))
        #expect(schedule.recurrence?.interval == interval)
        #expect(schedule.recurrence?.first == schedule.first)
    }

    @Test(
        "What is not understood wholly is refused: the word that is skipped could be the one that matters",
        arguments: [
            "", "   ", "!!!", "soon", "not tomorrow", "tomorrow tomorrow", "kal ke baad", "after tomorrow", "5", "tomorrow 5", "25:00",
            "12:60",
            "32 tarikh", "30 february", "2025-02-30", "5 pm 6 pm", "17:30 am", "subah 5 pm", "subah 12 baje", "saadhe", "half", "every",
            "har kal",
            "every -1 day", "-5 days", "in \u{2212}2 hours", "tomorrow -5 pm", "हर -२ दिन", "1.5", "1.5 days", "tomorrow 1.5 hours",
            "every 32nd", "every 1st monday", "every 2 roz", "midnight 5 pm", "12 midnight noon",
            "pm", "monday tuesday", "every 2 hours at 5 pm", "in 2 hours tomorrow", "99999 days", "25/12/25", "1-2-3", "5:3", "1:2:3",
            "demain", "明日", "завтра 5 pm", "0 hours", "saadhe 5:30 baje", "next", "baje", "5 baje baad", "every 5 pm", "kal 25 baje",
        ])
    func notUnderstood(text: String) {
        #expect(throws: BillingError.timeNotUnderstood) { try Schedule(text, now: Self.now) }
    }

    @Test(
        "What has passed is told from what is not understood",
        arguments: ["today 9 am", "2024-12-25", "1/10/2025 09:59", "aaj subah 8 baje", "0 days 9 am"])
    func past(text: String) {
        #expect(throws: BillingError.timeInThePast) { try Schedule(text, now: Self.now) }
    }

    @Test("Nobody is reminded every minute", arguments: ["every minute", "every 59 minutes", "every 0 days", "every 0 months"])
    func tooFrequent(text: String) {
        #expect(throws: BillingError.recurrenceTooFrequent) { try Schedule(text, now: Self.now) }
    }

    @Test("A text is not longer than a sentence")
    func length() {
        #expect(throws: BillingError.timeTextTooLong(limit: 256)) { try Schedule(String(repeating: "kal ", count: 65), now: Self.now) }
    }

    @Test("Whatever words come in whatever order, there is a time ahead or an error")
    func random() {
        let seed = Soak.seed(7_006)
        var random = SeededRandom(seed: seed)
        let words = [
            "kal", "today", "5", "31", "9999", "baje", "am", "pm", "every", "month", "days", "hours", "mahine", "tarikh", "shaam", "raat",
            "12", "0",
            "saadhe", "paune", "dhai", "half", "an", "monday", "feb", "29", "17:30", "2025-12-31", "9999-12-31", "31/1", "next", "after",
            "at", "on",
            "year", "minutes", "daily", "noon", "bajkar", "twenty", "one", "हर", "दिन", "बाद",
        ]
        var understood = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined(
                separator: " ")
            let now = CivilMoment(
                CivilDate(known: ["2024-02-29", "2025-10-01", "9999-12-31"].randomElement(using: &random) ?? ""), minuteOfDay: 600)
            guard let now, let schedule = try? Schedule(text, now: now) else { continue }
            understood += 1
            #expect(schedule.first > now, "\(text), seed \(seed)")
            var moment: CivilMoment? = now
            for _ in 0..<3 {
                guard let recurrence = schedule.recurrence, let last = moment else { break }
                moment = recurrence.next(after: last)
                if let moment { #expect(moment > last, "\(text), seed \(seed)") }
            }
        }
        #expect(understood > 500, "seed \(seed)")
    }
}
