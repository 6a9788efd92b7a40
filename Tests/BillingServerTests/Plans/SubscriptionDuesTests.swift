import BillingAPI
import Protobuf
import Resources
import TestSupport
import Testing

@testable import BillingServer

@Suite("What falls due of a subscription")
struct SubscriptionDuesTests {
    @Test("Periods are billed in advance, one line for the plan and one for each add-on, with the terms of their first days")
    func periods() throws {
        let plans = try SamplePlans()
        let row = try plans.row(anchored: "2026-01-31", addOns: [.init(plan: plans.seats, count: 3), .init(plan: plans.gift, count: 2)])
        let dues = try plans.dues(row, begun: "2026-03-31")
        #expect(
            dues.lines.map { "\($0.description) \($0.units)×\($0.unitPrice)" } == [
                "Solo, 2026-01-31 to 2026-02-27 1×99900", "Seats, 2026-01-31 to 2026-02-27 3×20000",
                "Solo, 2026-02-28 to 2026-03-30 1×99900", "Seats, 2026-02-28 to 2026-03-30 3×20000",
                "Solo, 2026-03-31 to 2026-04-29 1×149900", "Seats, 2026-03-31 to 2026-04-29 3×20000",
            ])
        #expect(dues.billedThrough == CivilDate(known: "2026-04-29"))
        #expect(dues.lines.last?.source == .recurring(.init(id: plans.seats, version: 1)))
        #expect(dues.lines.map(\.source).contains(.recurring(.init(id: plans.solo, version: 2))))

        var billed = row
        billed.billedThrough = dues.billedThrough
        #expect(try plans.dues(billed, begun: "2026-04-29").isNothing)
        #expect(try plans.dues(billed, begun: "2026-04-30").lines.count == 2)
        #expect(try plans.dues(row, begun: "2026-01-30").isNothing)
    }

    @Test("What costs nothing needs no invoice, but it is settled")
    func free() throws {
        let plans = try SamplePlans()
        let row = try plans.row(anchored: "2026-01-01", plan: plans.free)
        let dues = try plans.dues(
            row, [plans.total("storage", "2026-01-01", "2026-01-31", 40)], [plans.meeting(1, "2026-01-20", fee: 0)], begun: "2026-02-01")
        #expect(dues.lines.isEmpty && !dues.isNothing)
        #expect(dues.billedThrough == CivilDate(known: "2026-02-28"))
        #expect(dues.counted.map(\.through) == [40])
    }

    @Test("Another plan or interval is billed from the period on that it begins with")
    func phases() throws {
        let plans = try SamplePlans()
        let row = try plans.row(
            anchored: "2026-01-15",
            phases: [
                SubscriptionPhase(from: CivilDate(known: "2026-01-15"), plan: plans.solo, interval: .month, addOns: []),
                SubscriptionPhase(from: CivilDate(known: "2026-02-15"), plan: plans.team, interval: .year, addOns: []),
            ])
        let dues = try plans.dues(row, begun: "2027-02-15")
        #expect(
            dues.lines.map(\.description) == [
                "Solo, 2026-01-15 to 2026-02-14", "Team, 2026-02-15 to 2027-02-14", "Team, 2027-02-15 to 2028-02-14",
            ])
    }

    @Test("A plan that is not sold by the interval any more is no bill")
    func unsold() throws {
        let plans = try SamplePlans()
        let row = try plans.row(anchored: "2026-01-01", plan: plans.team)
        #expect(throws: BillingError.planNotSold(.month)) { try plans.dues(row, begun: "2026-01-01") }
    }

    @Test("Usage is billed when its period is over, tier by tier, at its own period's terms; what came late with the next bill")
    func usage() throws {
        let plans = try SamplePlans()
        var row = try plans.row(anchored: "2026-01-01")
        row.billedThrough = CivilDate(known: "2026-12-31")
        let totals = [
            plans.total("calls", "2026-01-01", "2026-01-31", 7), plans.total("storage", "2026-01-01", "2026-01-31", 1_100, billed: 950),
            plans.total("storage", "2026-02-01", "2026-02-28", 120), plans.total("storage", "2026-03-01", "2026-03-31", 5_000),
        ]
        let dues = try plans.dues(row, totals, begun: "2026-03-15", over: "2026-03-14")
        #expect(
            dues.lines.map { "\($0.description) \($0.units)×\($0.unitPrice)" } == [
                "Storage, 2026-01-01 to 2026-01-31 50×10", "Storage, 2026-01-01 to 2026-01-31 100×6",
                "Storage, 2026-02-01 to 2026-02-28 20×10",
            ])
        #expect(dues.counted.map(\.through) == [7, 1_100, 120], "what the plan only counts is settled, too")
        let version = SubscriptionDues.Line.Plan(id: plans.solo, version: 1)
        #expect(
            dues.lines.map(\.source) == [
                .usage(version, meter: "storage", from: 950, through: 1_000),
                .usage(version, meter: "storage", from: 1_000, through: 1_100),
                .usage(version, meter: "storage", from: 100, through: 120),
            ])
    }

    @Test("What is used in the trial is never charged")
    func trial() throws {
        let plans = try SamplePlans()
        let row = try plans.row(started: "2026-01-01", anchored: "2026-01-15")
        let dues = try plans.dues(row, [plans.total("storage", "2026-01-01", "2026-01-14", 9_000)], begun: "2026-01-14")
        #expect(dues.lines.isEmpty && dues.billedThrough == nil)
        #expect(dues.counted.map(\.through) == [9_000])
    }

    @Test("What a cancelled bill had is due again line by line as it was, before all else")
    func again() throws {
        let plans = try SamplePlans()
        var row = try plans.row(anchored: "2026-02-01", addOns: [.init(plan: plans.seats, count: 3)])
        let totals = [plans.total("storage", "2026-02-01", "2026-02-28", 2_000, billed: 40)]
        let first = try plans.dues(row, totals, begun: "2026-03-01", over: "2026-02-28")
        #expect(first.lines.count == 6 && first.again.isEmpty)
        let owed = first.lines.enumerated().map { index, line in
            OwedLine(invoice: RecordID(number: 7), number: Int16(index), source: line.source, period: line.period)
        }
        row.billedThrough = first.billedThrough
        let second = try plans.dues(row, again: owed, begun: "2026-04-01")
        #expect(Array(second.lines.prefix(6)) == first.lines && second.again == owed)
        #expect(second.lines.count == 8 && second.counted.isEmpty)
        #expect(try plans.dues(row, again: owed, begun: "2026-03-01").billedThrough == first.billedThrough)
    }

    @Test("Meetings are billed when their month is over, and a free one only beside what costs something")
    func meetings() throws {
        let plans = try SamplePlans()
        var row = try plans.row(anchored: "2026-01-01")
        row.billedThrough = CivilDate(known: "2026-12-31")
        let meetings = [plans.meeting(1, "2026-01-05", fee: 6_250), plans.meeting(2, "2026-01-31", fee: 0), plans.meeting(3, "2026-02-01")]
        let dues = try plans.dues(row, [], meetings, begun: "2026-02-10", over: "2026-02-09")
        #expect(dues.lines.map(\.description) == ["Meeting on 2026-01-05", "Meeting on 2026-01-31"])
        #expect(dues.lines.map(\.source) == [.meeting(RecordID(number: 1)), .meeting(RecordID(number: 2))])
        #expect(try plans.dues(row, [], [meetings[1]], begun: "2026-02-10", over: "2026-02-09").isNothing)
        #expect(try plans.dues(row, [], meetings, begun: "2026-01-31", over: "2026-01-30").isNothing)
    }

    @Test("What was cancelled owes no period that its end cuts, none that nobody was granted, and all that is used and earned")
    func cancelled() throws {
        let plans = try SamplePlans()
        var row = try plans.row(anchored: "2026-01-01")
        row.billedThrough = CivilDate(known: "2026-01-31")
        row.endsOn = CivilDate(known: "2026-03-10")
        let totals = [plans.total("storage", "2026-03-01", "2026-03-31", 120)]
        let meetings = [plans.meeting(1, "2026-03-09")]
        let dues = try plans.dues(row, totals, meetings, begun: "2026-03-11", over: "2026-03-10")
        #expect(
            dues.lines.map(\.description) == [
                "Solo, 2026-02-01 to 2026-02-28", "Storage, 2026-03-01 to 2026-03-31", "Meeting on 2026-03-09",
            ])
        #expect(dues.billedThrough == CivilDate(known: "2026-02-28"))
        #expect(try plans.dues(row, totals, meetings, begun: "2026-03-10", over: "2026-03-09").lines.count == 1)
        row.billedThrough = nil
        #expect(try plans.dues(row, begun: "2026-05-01").isNothing)
    }

    @Test("A bill has 500 lines: what is above comes with the next one, period by period")
    func longest() throws {
        let plans = try SamplePlans()
        var row = try plans.row(anchored: "1990-01-01", addOns: [.init(plan: plans.seats, count: 1), .init(plan: plans.more, count: 1)])
        var periods = 0
        var bills = 0
        while true {
            let dues = try plans.dues(row, begun: "2026-03-01")
            guard !dues.isNothing else { break }
            #expect(dues.lines.count <= 500 && dues.lines.count % 3 == 0)
            periods += dues.lines.count / 3
            bills += 1
            row.billedThrough = dues.billedThrough
        }
        #expect(periods == 36 * 12 + 3)
        #expect(bills == 3)
        let meetings = (1...501).map { plans.meeting($0, "2026-01-05") }
        #expect(try plans.dues(row, [], meetings, begun: "2026-03-01").lines.count == 500)
    }

    @Test("However often and whenever it is billed, each day, unit and meeting is billed once, and all comes to the same")
    func properties() throws {
        let plans = try SamplePlans()
        let seed = Soak.seed(9_018)
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let anchor = try #require(CivilDate(daysSince1970: Int.random(in: 20_400...20_800, using: &random)))
            let start = try plans.row(anchored: anchor.description, addOns: [.init(plan: plans.seats, count: 2)])
            var used: [DayRange: Int64] = [:]
            var (row, sum, units) = (start, Int64(0), Int64(0))
            var billed: [DayRange: Int64] = [:]
            var last = anchor
            for _ in 0..<12 {
                // Usage of the day before, some of it late.
                for _ in 0..<4 {
                    let back = Int.random(in: 1...40, using: &random)
                    guard let day = last.adding(days: -back), let period = start.course.period(containing: day) else { continue }
                    used[period, default: 0] += Int64.random(in: 1...400, using: &random)
                }
                let totals = used.map { period, units in
                    plans.total("storage", period.from.description, period.to.description, units, billed: billed[period] ?? 0)
                }
                let dues = try plans.dues(row, totals, begun: last.description, over: try #require(last.adding(days: -1)).description)
                for line in dues.lines where line.source.isRecurring {
                    let next = try #require((row.billedThrough ?? anchor.adding(days: -1))?.adding(days: 1))
                    #expect(line.period.from == next || line.unitPrice == 20_000, "seed \(seed)")
                    row.billedThrough = line.period.to
                }
                #expect(row.billedThrough == dues.billedThrough, "seed \(seed)")
                for counted in dues.counted {
                    let period = try #require(DayRange(counted.total.from, counted.total.through))
                    #expect(period.to < last, "seed \(seed)")
                    units += counted.through - (billed[period] ?? 0)
                    billed[period] = counted.through
                }
                for line in dues.lines { sum += line.units * line.unitPrice }
                last = try #require(last.adding(days: Int.random(in: 0...50, using: &random)))
            }
            var owed: Int64 = 0
            for (period, units) in billed { owed += try plans.storage.charge(for: units) * (period.from < anchor ? 0 : 1) }
            var day = anchor
            while day <= (row.billedThrough ?? anchor) {
                let period = try #require(start.course.period(containing: day))
                owed += (period.from < CivilDate(known: "2026-03-01") ? 99_900 : 149_900) + 40_000
                day = try #require(period.to.adding(days: 1))
            }
            #expect(sum == owed, "seed \(seed)")
            #expect(units == billed.values.reduce(0, +), "seed \(seed)")
        }
    }
}

extension SubscriptionDues.Line.Source {
    fileprivate var isRecurring: Bool { if case .recurring = self { true } else { false } }
}

/// Some plans, from 2020 on; the one called Solo costs more from March 2026 on.
private struct SamplePlans {
    let solo = RecordID(number: 101)
    let team = RecordID(number: 102)
    let free = RecordID(number: 103)
    let seats = RecordID(number: 104)
    let gift = RecordID(number: 105)
    let more = RecordID(number: 106)
    let storage: UsagePrice
    private let book: PlanBook

    init() throws {
        storage = try UsagePrice([
            .init(through: 100, unitPrice: 0), .init(through: 1_000, unitPrice: 10), .init(through: nil, unitPrice: 6),
        ])
        let meter = UsageCharge.with {
            ($0.meter, $0.name) = ("storage", "Storage")
            $0.tiers = [
                .with { ($0.through, $0.unitPrice) = (100, BillingAPI.Money(0, .inr)) },
                .with { ($0.through, $0.unitPrice) = (1_000, BillingAPI.Money(10, .inr)) },
                .with { $0.unitPrice = BillingAPI.Money(6, .inr) },
            ]
        }
        func plan(
            _ id: RecordID, _ name: String, _ kind: PlanKindName, monthly: Int64?, yearly: Int64? = nil, from day: String = "1980-01-01"
        ) throws -> PlanRow {
            let terms = BillingAPI.PlanTerms.with {
                $0.monthlyPrice = monthly.map { BillingAPI.Money($0, .inr) }
                $0.yearlyPrice = yearly.map { BillingAPI.Money($0, .inr) }
                $0.hsn = "998314"
                if kind == .base { $0.usageCharges = [meter] }
            }
            return try PlanRow(
                new: id, name.lowercased(), name, kind, terms, from: CivilDate(known: day), at: Instant(unixMicroseconds: 0))
        }
        var later = try plan(solo, "Solo", .base, monthly: 149_900, from: "2026-03-01")
        later.number = 2
        book = PlanBook([
            try plan(solo, "Solo", .base, monthly: 99_900), later, try plan(team, "Team", .base, monthly: nil, yearly: 990_000),
            try plan(free, "Free", .base, monthly: 0), try plan(seats, "Seats", .addOn, monthly: 20_000),
            try plan(gift, "Gift", .addOn, monthly: 0), try plan(more, "More", .addOn, monthly: 1),
        ])
    }

    func row(
        started: String? = nil, anchored: String, plan: RecordID? = nil, addOns: [SubscriptionPhase.AddOn] = [],
        phases: [SubscriptionPhase]? = nil
    ) throws -> SubscriptionRow {
        let anchor = CivilDate(known: anchored)
        let course = SubscriptionCourse(
            startedOn: started.map { CivilDate(known: $0) } ?? anchor, trialThrough: started == nil ? nil : anchor.adding(days: -1),
            anchoredOn: anchor, phases: phases ?? [SubscriptionPhase(from: anchor, plan: plan ?? solo, interval: .month, addOns: addOns)])
        return SubscriptionRow(
            new: RecordID(number: 1), of: RecordID(number: 2), .advance, try #require(course), codes: [:], at: Instant(unixMicroseconds: 0))
    }

    func total(_ meter: String, _ from: String, _ through: String, _ units: Int64, billed: Int64 = 0) -> UsageTotalRow {
        UsageTotalRow(
            subscription: RecordID(number: 1), meter: meter, from: CivilDate(known: from), through: CivilDate(known: through), units: units,
            billedUnits: billed)
    }

    func meeting(_ number: Int, _ day: String, fee: Int64 = 800) -> EarnedMeeting {
        let day = CivilDate(known: day)
        let time = Instant(unixMicroseconds: 0)
        return EarnedMeeting(
            row: MeetingRow(
                id: RecordID(number: number), status: .earned, subscription: RecordID(number: 1), calendarEventID: "\(number)",
                startsAt: time, month: Month(of: day).first, subject: "", dealValue: 0, fee: fee, attendedMinutes: 30,
                ordinal: Int64(number), createdAt: time, updatedAt: time), day: day)
    }

    func dues(
        _ row: SubscriptionRow, again: [OwedLine] = [], _ totals: [UsageTotalRow] = [], _ meetings: [EarnedMeeting] = [], begun: String,
        over: String? = nil
    ) throws(BillingError) -> SubscriptionDues {
        try SubscriptionDues(
            of: row, by: book, again: again, totals, meetings,
            .init(begun: CivilDate(known: begun), over: CivilDate(known: over ?? begun)))
    }
}
