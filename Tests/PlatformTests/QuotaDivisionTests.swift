import Net
import TestSupport
import Testing

@testable import Platform
@testable import Postgres

/// How processes share a quota: the arithmetic, and a deployment of some processes without a database.
@Suite struct QuotaDivisionTests {
    struct Example: Sendable {
        var burst: UInt64
        var wanted: [Double]
        var units: [UInt64]
    }

    static let examples: [Example] = [
        Example(burst: 600, wanted: [0, 0], units: [300, 300]),
        Example(burst: 600, wanted: [10, 0], units: [582, 18]),
        Example(burst: 600, wanted: [10, 10], units: [300, 300]),
        Example(burst: 600, wanted: [30, 10], units: [441, 159]),
        Example(burst: 5, wanted: [1], units: [5]),
        Example(burst: 5, wanted: [0, 0, 0, 0, 0, 0, 0, 0], units: [0, 0, 0, 0, 0, 0, 0, 0]),
        Example(burst: 5, wanted: [0, 0, 1, 0, 0, 0, 0, 0], units: [0, 0, 5, 0, 0, 0, 0, 0]),
        Example(burst: 3, wanted: [1, 1], units: [2, 1]),
        Example(burst: 600, wanted: [.nan, .infinity], units: [300, 300]),
        Example(burst: 600, wanted: [-5, 1], units: [18, 582]),
        Example(burst: 0, wanted: [1, 1], units: [0, 0]),
        Example(burst: 600, wanted: [], units: []),
    ]

    @Test("Who wants more has more, and nobody is left with nothing as far as there are units", arguments: examples)
    func table(_ example: Example) {
        #expect(QuotaDivision.units(of: example.burst, wanted: example.wanted) == example.units)
    }

    @Test("All units are given to those who want them, never more, and to who wants more never fewer")
    func division() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let burst = UInt64.random(in: 0...(Bool.random(using: &random) ? 20 : 1_000_000_000_000), using: &random)
            let wanted = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                Bool.random(using: &random) ? 0 : Double.random(in: 0...1e6, using: &random)
            }
            let units = QuotaDivision.units(of: burst, wanted: wanted)
            let sum = units.reduce(0, +)
            if wanted.contains(where: { $0 > 0 }) {
                #expect(sum == burst, "seed \(seed)")
            } else {
                #expect(sum <= burst && burst - sum < UInt64(wanted.count), "seed \(seed)")
            }
            for (one, two) in zip(wanted.indices, wanted.indices.dropFirst()) where wanted[one] > wanted[two] {
                #expect(units[one] + 1 >= units[two], "seed \(seed)")
            }
        }
    }

    @Test("Moving units earns nothing: what all owe together never shrinks, and no unit is made or lost")
    func moves() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var holdings = (0..<4).map { _ in
                QuotaHolding(units: .random(in: 0...1_000, using: &random), debt: .random(in: 0...60_000_000_000, using: &random))
            }
            func owed() -> UInt128 { holdings.reduce(0) { $0 + UInt128($1.units) * UInt128($1.debt) } }
            for _ in 0..<50 {
                let (units, before) = (holdings.reduce(0) { $0 + $1.units }, owed())
                var free = holdings[0]
                let target = UInt64.random(in: 0...2_000, using: &random)
                let index = Int.random(in: 1..<4, using: &random)
                holdings[index].move(to: target, with: &free)
                holdings[0] = free
                #expect(holdings.reduce(0) { $0 + $1.units } == units, "seed \(seed)")
                #expect(holdings[index].units <= target, "seed \(seed)")
                #expect(owed() >= before, "seed \(seed)")
                // The rounding: a nanosecond for each unit.
                #expect(owed() <= before + 4_000, "seed \(seed)")
            }
        }
        var huge = QuotaHolding(units: .max, debt: .max)
        var other = QuotaHolding(units: .max, debt: .max)
        huge.take(.max, from: &other)
        #expect(huge == QuotaHolding(units: .max, debt: .max) && other == huge)
    }

    /// Some processes, their table, and one clock.
    private struct Deployment {
        let clock = SetClock()
        let shared = SharedQuota(subject: .principal("ada", of: "acme"), class: .read)
        var processes: [(id: AnyUUID, quotas: Quotas)] = []
        var meters: [Meter] = []
        var rows: [AnyUUID: QuotaLeaseRow] = [:]
        var granted = 0
        /// By which the database's clock was set back.
        var secondsBack: Int64 = 0

        init(_ count: Int, _ quota: Quota) {
            let clock = clock
            for index in 0..<count {
                let quotas = Quotas(clock: { clock.time })
                quotas.apply(QuotaBook([QuotaBook.Entry(kind: .principal, subject: shared.subject, class: .read, quota: quota)]))
                processes.append((AnyUUID(bytes: Array(repeating: 0, count: 15) + [UInt8(index + 1)]) ?? .none, quotas))
            }
            meters = processes.map { $0.quotas.meter(of: shared.subject) }
            for index in processes.indices { beat(index, seconds: 1) }
        }

        /// As `QuotaLeases.beat` does, with an array for a table.
        mutating func beat(_ index: Int, seconds: Double) {
            let (id, quotas) = processes[index]
            let sight = QuotaSight(
                processes: processes.map(\.id), version: 1,
                moment: Timestamptz(unixMicroseconds: Int64(clock.time.nanoseconds / 1_000) - secondsBack * 1_000_000))
            let plan = quotas.plan(
                QuotaPlan.Sight(me: id, sight: sight, rows: Array(rows.values), wanted: quotas.takeWanted(seconds: seconds)))
            for row in plan.puts { rows[row.process] = row }
            for row in plan.drops {
                rows[row.process] = nil
                if rows.keys.allSatisfy({ $0 == .none }) { rows = [:] }
            }
            quotas.settle(plan)
        }

        mutating func ask(_ index: Int) -> Bool {
            let quotas = processes[index].quotas
            let meter = meters[index]
            let outcome = meter.take(1, of: .read, at: clock.time.nanoseconds)
            if outcome != .taken { quotas.press(shared.subject, .read, meter) }
            if outcome != .refused { granted += 1 }
            return outcome != .refused
        }

        mutating func asks(_ index: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { sum, _ in sum + (ask(index) ? 1 : 0) }
        }

        var held: UInt64 { processes.reduce(0) { $0 + $1.quotas.units(of: shared) } }
    }

    @Test("R28 · SEC-9 · One to eight processes grant together what the quota says, within a tenth, whoever asks where", arguments: 1...8)
    func sum(_ count: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let quota = Quota(perPeriod: 600)
        var deployment = Deployment(count, quota)
        // At once, after a rest: no more than the burst, and, since nobody has asked before, of equal shares all.
        for index in 0..<count {
            for _ in 0..<1_000 { _ = deployment.ask(index) }
        }
        #expect(deployment.granted <= 600 && deployment.granted > 540)
        // Ten minutes, in which the callers go from one process to another now and then, and always ask for too much.
        var weights = (0..<count).map { _ in Int.random(in: 0...3, using: &random) }
        var atSevenMinutes = 0
        for second in 0..<600 {
            if second == 420 { atSevenMinutes = deployment.granted }
            if second % 100 == 0, second <= 300 { weights = (0..<count).map { _ in Int.random(in: 0...3, using: &random) } }
            if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
            for _ in 0..<10 {
                deployment.clock.advance(.milliseconds(100))
                for index in 0..<count {
                    for _ in 0..<weights[index] * 2 { _ = deployment.ask(index) }
                }
            }
            for index in (0..<count).shuffled(using: &random) {
                deployment.beat(index, seconds: 1)
                #expect(deployment.held <= 600, "seed \(seed), second \(second)")
            }
        }
        // Ten a second, beside the burst at the beginning.
        #expect(deployment.granted <= 600 + 6_000, "seed \(seed)")
        // They have been where they are for two minutes by then.
        let inThreeMinutes = deployment.granted - atSevenMinutes
        #expect((1_620...1_980).contains(inThreeMinutes), "seed \(seed): \(inThreeMinutes)")
    }

    @Test("The database's clock is set back by an hour, or on: nobody is locked out, and nobody gets more", arguments: [3_600, -3_600])
    func clockJump(secondsBack: Int64) {
        var deployment = Deployment(2, Quota(perPeriod: 600))
        func run(seconds: Int, asking index: Int) -> Int {
            let before = deployment.granted
            for _ in 0..<seconds {
                for _ in 0..<20 {
                    deployment.clock.advance(.milliseconds(50))
                    _ = deployment.ask(index)
                }
                deployment.beat(0, seconds: 1)
                deployment.beat(1, seconds: 1)
            }
            return deployment.granted - before
        }
        _ = run(seconds: 90, asking: 0)
        deployment.secondsBack = secondsBack
        // Who asks elsewhere from now on gets the units that the other gives up, and what is owed for them.
        _ = run(seconds: 60, asking: 1)
        let granted = run(seconds: 120, asking: 1)
        #expect((1_000...1_260).contains(granted), "\(granted)")
    }

    @Test(
        "Units that nobody holds while the database's clock is set back by an hour are owed for a minute, as long as that can be, not for an hour"
    )
    func nobodysUnits() {
        var deployment = Deployment(2, Quota(perPeriod: 600))
        let (shared, other) = (deployment.shared, deployment.processes[1].id)
        let moment = Int64(deployment.clock.time.nanoseconds / 1_000)
        for (process, ahead) in [(other, 0), (.none, 3_600)] as [(AnyUUID, Int64)] {
            deployment.rows[process] = QuotaLeaseRow(
                shared, process: process, units: 0, wanted: 0, owedUntil: Timestamptz(unixMicroseconds: moment + ahead * 1_000_000))
        }
        func run() -> Int {
            (0..<60).reduce(0) { sum, _ in
                deployment.clock.advance(.seconds(1))
                let granted = deployment.asks(0, 20)
                deployment.beat(0, seconds: 1)
                return sum + granted
            }
        }
        _ = run()
        #expect(deployment.processes[0].quotas.units(of: shared) > 500)
        let granted = run()
        #expect((500...660).contains(granted), "\(granted)")
    }

    @Test("A process that is asked alone comes to grant nearly all, and what is asked elsewhere later comes back")
    func demand() {
        var deployment = Deployment(2, Quota(perPeriod: 600))
        func run(_ index: Int, seconds: Int) -> Int {
            let before = deployment.granted
            for _ in 0..<seconds {
                for _ in 0..<20 {
                    deployment.clock.advance(.milliseconds(50))
                    _ = deployment.ask(index)
                }
                deployment.beat(0, seconds: 1)
                deployment.beat(1, seconds: 1)
            }
            return deployment.granted - before
        }
        _ = run(0, seconds: 120)
        let alone = run(0, seconds: 60)
        #expect(alone > 540)
        _ = run(1, seconds: 120)
        let elsewhere = run(1, seconds: 60)
        #expect(elsewhere > 540)
        // Nobody asks: everything is as it was, and nothing is left in the table.
        for _ in 0..<300 {
            deployment.clock.advance(.seconds(1))
            deployment.beat(0, seconds: 1)
            deployment.beat(1, seconds: 1)
        }
        #expect(deployment.rows.isEmpty)
        #expect(deployment.held == 600)
    }

    @Test("A quota with fewer units than there are processes is granted where it is asked for, after the beats that it takes to ask")
    func small() {
        var deployment = Deployment(8, Quota(perPeriod: 5))
        let early = deployment.asks(3, 1)
        #expect(early == 0)
        for _ in 0..<2 {
            for index in 0..<8 { deployment.beat(index, seconds: 1) }
        }
        let later = deployment.asks(3, 6)
        #expect(later == 5)
        #expect(deployment.held <= 5)
    }

    @Test("Without the database a process keeps its share for a while, and then no more than an equal one")
    func fallBack() {
        var deployment = Deployment(2, Quota(perPeriod: 600))
        for _ in 0..<20 {
            for _ in 0..<100 { _ = deployment.ask(0) }
            deployment.clock.advance(.seconds(1))
            deployment.beat(0, seconds: 1)
            deployment.beat(1, seconds: 1)
        }
        let quotas = deployment.processes[0].quotas
        #expect(quotas.units(of: deployment.shared) > 500)
        quotas.fallBack()
        #expect(quotas.units(of: deployment.shared) == 300)
        deployment.processes[1].quotas.fallBack()
        #expect(deployment.held < 600)
    }
}
