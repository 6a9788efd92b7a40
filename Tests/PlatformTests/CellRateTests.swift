import TestSupport
import Testing

@testable import Platform

/// The algorithm by itself: tables, and a comparison with a bucket of fractions.
@Suite struct CellRateTests {
    private static let second: UInt64 = 1_000_000_000

    /// What is taken at which time, and what comes of it.
    struct Step: Sendable, CustomTestStringConvertible {
        var time: UInt64
        var cost: UInt64
        var verdict: CellRate.Verdict

        init(_ time: UInt64, _ cost: UInt64, _ verdict: CellRate.Verdict) {
            (self.time, self.cost, self.verdict) = (time, cost, verdict)
        }

        var testDescription: String { "\(cost) at \(time): \(verdict)" }
    }

    @Test(
        "Three at once, then one a second: each answer to the nanosecond",
        arguments: [
            [
                Step(0, 1, .taken(remaining: 2, resetAfter: second)), Step(0, 1, .taken(remaining: 1, resetAfter: 2 * second)),
                Step(0, 1, .taken(remaining: 0, resetAfter: 3 * second)), Step(0, 1, .refused(retryAfter: second)),
                Step(second - 1, 1, .refused(retryAfter: 1)), Step(second, 1, .taken(remaining: 0, resetAfter: 3 * second)),
            ],
            [
                Step(5, 3, .taken(remaining: 0, resetAfter: 3 * second)), Step(5, 2, .refused(retryAfter: 2 * second)),
                Step(5 + 2 * second, 2, .taken(remaining: 0, resetAfter: 3 * second)),
            ],
            [
                Step(0, 4, .tooMany), Step(0, 0, .taken(remaining: 3, resetAfter: 0)),
                Step(7, 3, .taken(remaining: 0, resetAfter: 3 * second)),
            ],
            // A rest longer than all of the burst gives no more than the burst.
            [
                Step(0, 3, .taken(remaining: 0, resetAfter: 3 * second)), Step(100 * second, 1, .taken(remaining: 2, resetAfter: second)),
                Step(100 * second, 3, .refused(retryAfter: second)),
            ],
            // Another loop's clock may be a moment behind: nothing is lost, and nothing is given away.
            [Step(second, 3, .taken(remaining: 0, resetAfter: 3 * second)), Step(second - 10, 1, .refused(retryAfter: second + 10))],
        ])
    func table(_ steps: [Step]) {
        let rate = CellRate(interval: Self.second, burst: 3)
        var arrival: UInt64 = 0
        for step in steps { #expect(rate.take(step.cost, from: &arrival, at: step.time) == step.verdict, "\(step.testDescription)") }
    }

    @Test(
        "It grants exactly what a bucket of fractions grants, and a retry after the time it names succeeds, while one a nanosecond before does not"
    )
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let rate = CellRate(interval: .random(in: 1...10_000, using: &random), burst: .random(in: 1...50, using: &random))
            var arrival: UInt64 = 0
            // The bucket's content in units times the interval: a whole number, since time comes in nanoseconds.
            var content = rate.tolerance
            var filled: UInt64 = 0
            var now: UInt64 = 0
            for _ in 0..<200 {
                now += .random(in: 0...rate.interval * 3, using: &random)
                let cost = UInt64.random(in: 1...rate.burst + 1, using: &random)
                content = min(rate.tolerance, content + (now - filled))
                filled = now
                let before = arrival
                switch rate.take(cost, from: &arrival, at: now) {
                case .taken(let remaining, let resetAfter):
                    #expect(content >= cost * rate.interval, "seed \(seed)")
                    content -= min(content, cost * rate.interval)
                    #expect(remaining == content / rate.interval, "seed \(seed)")
                    #expect(resetAfter == rate.tolerance - content, "seed \(seed)")
                case .refused(let wait):
                    #expect(content < cost * rate.interval, "seed \(seed)")
                    #expect(arrival == before)
                    #expect(rate.advanced(arrival, by: cost, at: now + wait) != nil, "seed \(seed)")
                    #expect(rate.advanced(arrival, by: cost, at: now + wait - 1) == nil, "seed \(seed)")
                case .tooMany: #expect(cost > rate.burst)
                }
            }
        }
    }

    @Test("Absurd numbers neither trap nor give anything away")
    func extremes() {
        for rate in [
            CellRate(interval: 0, burst: .max), CellRate(interval: .max, burst: .max), CellRate(interval: .max, burst: 1),
            CellRate(interval: 1, burst: 0), CellRate(interval: 1 << 59, burst: 1 << 40),
        ] {
            var arrival: UInt64 = 0
            #expect(rate.take(.max, from: &arrival, at: 1 << 60) == .tooMany)
            for _ in 0..<4 { _ = rate.take(rate.burst, from: &arrival, at: 1 << 60) }
            #expect(rate.burst == 0 || rate.remaining(arrival: arrival, at: 1 << 60) == 0)
        }
        #expect(CellRate(interval: 5, burst: 0).advanced(0, by: 1, at: 9) == nil)
    }

    @Test("A quota's shares together are never more than the quota, and less by what a nanosecond makes", arguments: [1, 2, 3, 5, 8])
    func shares(_ processes: UInt64) {
        for quota in [Quota(perPeriod: 600), Quota(perPeriod: 7), Quota(perPeriod: 100_000_000), Quota(perPeriod: 600, burst: 10)] {
            var perSecond = 0.0
            for index in 0..<processes {
                let share = quota.burst * (index + 1) / processes - quota.burst * index / processes
                let rate = quota.rate(of: .read, share: share)
                #expect(rate.burst == share)
                if share > 0 { perSecond += 1e9 / Double(rate.interval) }
            }
            let wanted = Double(quota.perPeriod) / 60
            #expect(perSecond <= wanted * 1.000_001)
            #expect(perSecond >= wanted * 0.999)
        }
    }
}
