import TestSupport
import Testing

@testable import BillingServer

@Suite("Periods of subscriptions")
struct SubscriptionPeriodsTests {
    private func range(_ period: DayRange?) -> String { period.map { "\($0.from)…\($0.to)" } ?? "-" }

    private func course(
        started: String, trial: String? = nil, anchored: String, _ phases: [(String, BillingIntervalKind)]
    ) throws -> SubscriptionCourse {
        try #require(
            SubscriptionCourse(
                startedOn: CivilDate(known: started), trialThrough: trial.map { CivilDate(known: $0) },
                anchoredOn: CivilDate(known: anchored),
                phases: phases.enumerated().map { index, phase in
                    SubscriptionPhase(
                        from: CivilDate(known: phase.0), plan: RecordID(UInt128(index + 1)), interval: phase.1, addOns: [])
                }))
    }

    @Test(
        "A month that has no such day ends the period early, and the next one begins on the anchor's day again",
        arguments: [
            ("2026-01-31", "2026-02-27", "2026-01-31…2026-02-27"), ("2026-01-31", "2026-02-28", "2026-02-28…2026-03-30"),
            ("2026-01-31", "2026-03-31", "2026-03-31…2026-04-29"), ("2028-01-31", "2028-02-29", "2028-02-29…2028-03-30"),
            ("2026-01-15", "2026-01-15", "2026-01-15…2026-02-14"), ("2026-01-15", "2026-12-31", "2026-12-15…2027-01-14"),
            ("2026-01-15", "2026-01-14", "-"), ("2026-01-31", "2025-12-31", "-"), ("2026-01-01", "9999-12-31", "-"),
        ])
    func months(anchor: String, day: String, period: String) {
        let periods = SubscriptionPeriods(anchor: CivilDate(known: anchor), interval: .month)
        #expect(range(periods.period(containing: CivilDate(known: day))) == period)
    }

    @Test("A year has the anchor's day, and a leap day's is the last of February in other years")
    func years() {
        let periods = SubscriptionPeriods(anchor: CivilDate(known: "2028-02-29"), interval: .year)
        #expect(range(periods.first) == "2028-02-29…2029-02-27")
        #expect(range(periods.period(containing: CivilDate(known: "2029-02-28"))) == "2029-02-28…2030-02-27")
        #expect(range(periods.period(containing: CivilDate(known: "2032-02-28"))) == "2031-02-28…2032-02-28")
        #expect(range(periods.period(after: CivilDate(known: "2028-01-01"))) == "2028-02-29…2029-02-27")
        #expect(range(periods.period(after: CivilDate(known: "2028-03-01"))) == "2029-02-28…2030-02-27")
    }

    @Test("Periods follow each other without a gap, each day is in one of them, and each begins on the anchor's day or a month's last")
    func properties() throws {
        let seed = Soak.seed(9_015)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let start = CivilDate(known: "2024-01-01").adding(days: Int.random(in: 0..<1_500, using: &random))
            let anchor = try #require(start)
            let interval = try #require(BillingIntervalKind.allCases.randomElement(using: &random))
            let periods = SubscriptionPeriods(anchor: anchor, interval: interval)
            var period = try #require(periods.first)
            #expect(period.from == anchor, "seed \(seed)")
            for number in 1..<30 {
                let next = try #require(periods.period(after: period.to))
                #expect(next.from == period.to.adding(days: 1), "seed \(seed)")
                #expect(next.from == anchor.adding(months: number * interval.months), "seed \(seed)")
                let day = try #require(
                    next.from.adding(days: Int.random(in: 0...(next.to.daysSince1970 - next.from.daysSince1970), using: &random)))
                #expect(periods.period(containing: day) == next, "seed \(seed)")
                #expect(periods.period(after: day)?.from == next.to.adding(days: 1), "seed \(seed)")
                period = next
            }
        }
    }

    @Test("A change of the interval begins where a period ends, and the days of the month stay those of the first day that was paid for")
    func changes() throws {
        let course = try course(
            started: "2026-01-17", trial: "2026-01-30", anchored: "2026-01-31",
            [("2026-01-31", .month), ("2026-02-28", .year), ("2027-02-28", .month)])
        let days = ["2026-01-16", "2026-01-17", "2026-01-30", "2026-02-01", "2026-03-01", "2027-02-27", "2027-02-28", "2027-04-01"]
        #expect(
            days.map { range(course.period(containing: CivilDate(known: $0))) } == [
                "-", "2026-01-17…2026-01-30", "2026-01-17…2026-01-30", "2026-01-31…2026-02-27", "2026-02-28…2027-02-27",
                "2026-02-28…2027-02-27", "2027-02-28…2027-03-30", "2027-03-31…2027-04-29",
            ])
        var following: [String] = []
        var last: CivilDate?
        for _ in 0..<4 {
            let next = try #require(course.period(after: last))
            following.append(range(next))
            last = next.to
        }
        #expect(
            following == ["2026-01-31…2026-02-27", "2026-02-28…2027-02-27", "2027-02-28…2027-03-30", "2027-03-31…2027-04-29"])
        #expect(range(course.period(after: CivilDate(known: "2026-01-20"))) == "2026-01-31…2026-02-27")
        #expect(course.phase(on: CivilDate(known: "2026-01-20")).plan == RecordID(1))
        #expect(course.phase(on: CivilDate(known: "2026-02-28")).plan == RecordID(2))
    }
}
