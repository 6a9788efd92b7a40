import Foundation
import Testing

@testable import Platform

/// When a cron expression takes place in a zone. Times are UTC.
@Suite struct CronTests {
    private static func time(_ text: String) throws -> Int64 {
        Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970)
    }

    private static func text(_ time: Int64?) -> String {
        time.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) } ?? "never"
    }

    private static func times(_ cron: String, _ zone: String, after start: String, _ count: Int) throws -> [String] {
        let expression = try CronExpression(cron)
        let history = try ZoneHistory(zone)
        var time = try time(start)
        var times: [String] = []
        for _ in 0..<count {
            guard let next = expression.next(after: time, in: history) else { break }
            times.append(text(next))
            time = next
        }
        return times
    }

    @Test(
        "daylight saving: what is skipped takes place at the first instant after, what is repeated takes place once",
        arguments: [
            ("Asia/Kolkata", "30 9 * * *", "2026-03-28T00:00:00Z", ["2026-03-28T04:00:00Z", "2026-03-29T04:00:00Z"]),
            // From 01:00 to 02:00 on March 29, back from 02:00 to 01:00 on October 25.
            (
                "Europe/London", "30 1 * * *", "2026-03-28T00:00:00Z",
                ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
            ),
            (
                "Europe/London", "30 1 * * *", "2026-10-24T00:00:00Z",
                ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
            ),
            ("Europe/London", "0 1 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
            ("Europe/London", "0,30 1 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]),
            ("Europe/London", "0 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T02:00:00Z"]),
            // From 02:00 to 03:00 on March 8, back from 02:00 to 01:00 on November 1.
            ("America/New_York", "30 2 * * *", "2026-03-07T12:00:00Z", ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
            ("America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
            // Half an hour: back from 02:00 to 01:30 on April 5, from 02:00 to 02:30 on October 4.
            ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00:00Z", ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]),
            ("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00:00Z", ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
        ])
    func daylightSaving(zone: String, cron: String, start: String, expected: [String]) throws {
        #expect(try Self.times(cron, zone, after: start, expected.count) == expected)
    }

    @Test(
        "with * for the hour every hour counts, the repeated one, too, and none is made up for",
        arguments: [
            (
                "Europe/London", "30 * * * *", "2026-10-25T00:00:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]
            ),
            ("Europe/London", "30 * * * *", "2026-03-29T00:00:00Z", ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"]),
            (
                "Australia/Lord_Howe", "45 * * * *", "2026-04-04T14:30:00Z",
                ["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z"]
            ),
            (
                "Asia/Kolkata", "*/20 * * * *", "2026-01-01T00:00:00Z",
                ["2026-01-01T00:10:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:50:00Z"]
            ),
        ])
    func everyHour(zone: String, cron: String, start: String, expected: [String]) throws {
        #expect(try Self.times(cron, zone, after: start, expected.count) == expected)
    }

    @Test(
        "days, weekdays, months, names, ranges and steps",
        arguments: [
            ("0 0 29 2 *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
            ("0 0 31 * *", ["2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"]),
            ("0 12 * * mon-fri", ["2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z"]),
            ("0 0 * * 7", ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"]),
            ("0 0 13 * FRI", ["2026-01-02T00:00:00Z", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z"]),
            ("15 6-18/6 1 JAN,JUL *", ["2026-01-01T06:15:00Z", "2026-01-01T12:15:00Z", "2026-01-01T18:15:00Z", "2026-07-01T06:15:00Z"]),
            ("50/5 23 31 12 *", ["2026-12-31T23:50:00Z", "2026-12-31T23:55:00Z", "2027-12-31T23:50:00Z"]),
        ])
    func fields(cron: String, expected: [String]) throws {
        #expect(try Self.times(cron, "Etc/UTC", after: "2026-01-01T00:00:00Z", expected.count) == expected)
    }

    /// Every minute of every day, and what a clock on the wall makes of it.
    private static func slowly(_ minutes: Set<Int>, _ hours: Set<Int>?, after time: Int64, in zone: ZoneHistory) -> Int64? {
        let today = CivilDate.day(of: time + zone.offset(at: time))
        for day in today - 1...today + 3 {
            var best: Int64?
            for minute in 0..<1_440 where minutes.contains(minute % 60) && hours?.contains(minute / 60) ?? true {
                let found: [Int64]
                switch zone.instants(ofLocal: Int64(day) * CivilDate.secondsPerDay + Int64(minute) * 60) {
                case .once(let once): found = [once]
                case .twice(let first, let second): found = hours == nil ? [first, second] : [first]
                case .never(let then): found = hours == nil ? [] : [then]
                }
                for instant in found where instant > time { best = min(best ?? instant, instant) }
            }
            if let best { return best }
        }
        return nil
    }

    @Test(
        "the next time is that of a search through all minutes, around changes of the clock above all",
        arguments: [
            "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca",
            "Pacific/Apia",
        ])
    func bruteForce(name: String) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        let zone = try ZoneHistory(name)
        let begin: Int64 = 1_262_304_000
        let changes = (0..<365 * 20).map { begin + $0 * CivilDate.secondsPerDay }.filter {
            zone.offset(at: $0) != zone.offset(at: $0 + CivilDate.secondsPerDay)
        }
        for round in 0..<60 {
            func some(_ most: Int) -> [Int] {
                (0..<Int.random(in: 1...6, using: &random)).map { _ in Int.random(in: 0...most, using: &random) }
            }
            let isEveryMinute = Int.random(in: 0..<4, using: &random) == 0
            let minutes = isEveryMinute ? Array(0...59) : some(59)
            let hours = Bool.random(using: &random) ? nil : Bool.random(using: &random) ? Array(0...23) : some(23)
            let text = "\(minutes.map(String.init).joined(separator: ",")) \(hours?.map(String.init).joined(separator: ",") ?? "*") * * *"
            let cron = try CronExpression(text)
            let around = round % 4 == 0 ? nil : changes.randomElement(using: &random)
            var time = (around ?? begin) + Int64.random(in: -86_400...2 * 86_400, using: &random)
            for _ in 0..<8 {
                let expected = Self.slowly(Set(minutes), hours.map(Set.init), after: time, in: zone)
                let next = cron.next(after: time, in: zone)
                #expect(next == expected, "\(text) in \(name) after \(Self.text(time)), seed \(seed)")
                guard let next else { break }
                time = next
            }
        }
    }

    @Test(
        "what is no expression is refused",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *",
            "1-2-3 * * * *", "1/2/3 * * * *", "a * * * *", "1, * * * *", "+1 * * * *", "0 0 30 2 *", "0 0 31 4,6 *", "٣ * * * *",
        ])
    func refused(cron: String) {
        #expect(throws: ScheduleError.self) { try CronExpression(cron) }
    }

    @Test(
        "an unknown zone is an error, and so is a path",
        arguments: ["Europe/Atlantis", "", "../../etc/passwd", "/etc/localtime", "Europe//London"])
    func unknownZone(name: String) {
        #expect(throws: ScheduleError.self) { try ZoneHistory(name) }
    }

    @Test(
        "offsets are those of another reader of the IANA data, behind the last listed change, too",
        arguments: [
            "Asia/Kolkata", "Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran", "Europe/Dublin",
        ])
    func offsets(name: String) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Seeded(seed)
        let history = try ZoneHistory(name)
        let zone = try #require(TimeZone(identifier: name))
        for _ in 0..<2_000 {
            let time = Int64.random(in: 631_152_000...4_102_444_800, using: &random)
            let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
            #expect(history.offset(at: time) == Int64(expected), "\(name) at \(Self.text(time)), seed \(seed)")
        }
    }

    @Test("a date and its day number are each other's", arguments: [0, -1, 59, 60, 11_016, 20_454, -719_468, 2_932_896])
    func dates(number: Int) {
        let date = CivilDate(dayNumber: number)
        #expect(CivilDate.dayNumber(year: date.year, month: date.month, day: date.day) == number)
        let parts = Calendar(identifier: .gregorian).dateComponents(
            in: TimeZone(secondsFromGMT: 0) ?? .current, from: Date(timeIntervalSince1970: Double(number) * 86_400))
        if number > -141_427 { #expect([date.year, date.month, date.day] == [parts.year, parts.month, parts.day]) }
        if number > -141_427 { #expect(CivilDate.weekday(ofDay: number) + 1 == parts.weekday) }
    }

    @Test(
        "a POSIX rule is read in all its forms",
        arguments: [
            ("UTC0", 1_700_000_000, 0), ("<+0530>-5:30", 1_700_000_000, 19_800), ("EST5EDT,M3.2.0,M11.1.0", 1_782_864_000, -14_400),
            ("EST5EDT,M3.2.0,M11.1.0", 1_767_225_600, -18_000), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_767_225_600, 0),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_782_864_000, -3_600), ("AAA3BBB2,J60,J300", 1_782_864_000, -7_200),
            ("AAA3BBB,59,299/26:30:15", 1_782_864_000, -7_200),
        ])
    func rules(text: String, time: Int, offset: Int) throws {
        #expect(try #require(ZoneRule(text)).offset(at: Int64(time)) == Int64(offset))
    }

    @Test(
        "what is no rule is none",
        arguments: ["", "UT", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M1.1.0", "EST200", "<+05-5", "EST5EDT,M3.2.0,M11.1.0x"])
    func noRules(text: String) {
        #expect(ZoneRule(text) == nil)
    }

    @Test("a damaged file is refused, and never a trap")
    func damaged() throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/London")))
        #expect(ZoneHistory(file: bytes) != nil)
        for length in stride(from: 0, to: bytes.count - 40, by: 17) { #expect(ZoneHistory(file: Array(bytes[..<length])) == nil) }
        var random = Seeded(7)
        for _ in 0..<2_000 {
            var damaged = bytes
            for _ in 0..<4 { damaged[Int.random(in: 0..<200, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = ZoneHistory(file: damaged)?.offset(at: 1_700_000_000)
        }
    }
}
