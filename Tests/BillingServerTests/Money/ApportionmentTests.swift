import TestSupport
import Testing

@testable import BillingServer

@Suite("Apportionment by largest remainder")
struct ApportionmentTests {
    @Test(
        "The whole is divided without a rest",
        arguments: [
            (100, [1, 1, 1], [34, 33, 33]), (10, [0, 5, 0], [0, 10, 0]), (1, [1, 1], [1, 0]), (0, [3, 4], [0, 0]), (7, [7], [7]),
            (2, [1, 2, 1], [1, 1, 0]), (0, [], []), (0, [0], [0]), (5, [2, 3], [2, 3]),
        ] as [(Int64, [Int64], [Int64])])
    func parts(whole: Int64, weights: [Int64], parts: [Int64]) throws {
        #expect(try Apportionment.divide(whole, by: weights) == parts)
    }

    @Test("What cannot be divided is an error")
    func refused() {
        #expect(throws: BillingError.discountExceedsValue) { try Apportionment.divide(1, by: []) }
        #expect(throws: BillingError.discountExceedsValue) { try Apportionment.divide(1, by: [0, 0]) }
        #expect(throws: BillingError.amountNotPositive) { try Apportionment.divide(-1, by: [1]) }
        #expect(throws: BillingError.amountNotPositive) { try Apportionment.divide(1, by: [2, -1]) }
    }

    @Test("500 of the largest weights share the largest whole")
    func largest() throws {
        let parts = try Apportionment.divide(.max, by: Array(repeating: .max, count: 500))
        #expect(parts.reduce(Int128(0)) { $0 + Int128($1) } == Int128(Int64.max))
        #expect(parts.allSatisfy { $0 == .max / 500 || $0 == .max / 500 + 1 })
    }

    @Test("Parts add up, are within one of the exact share, never above the weight, and larger fractions come first")
    func properties() throws {
        let seed = Soak.seed(7_002)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...12, using: &random)
            let weights = (0..<count).map { _ in Int64.random(in: 0...(1 << Int64.random(in: 0...40, using: &random)), using: &random) }
            let sum = weights.reduce(0, +)
            let whole = Int64.random(in: 0...sum, using: &random)
            let parts = try Apportionment.divide(whole, by: weights)
            #expect(parts.reduce(0, +) == whole, "seed \(seed)")
            guard sum > 0 else { continue }
            var leastRaised: Rational?
            var mostLeft: Rational?
            for (part, weight) in zip(parts, weights) {
                let exact = Rational(Int128(whole) * Int128(weight), over: Int128(sum))
                let fraction = exact - Rational(exact.floor)
                let raised = Int128(part) - exact.floor
                #expect(raised == 0 || raised == 1, "seed \(seed)")
                #expect(part <= weight, "seed \(seed)")
                if raised == 1 { leastRaised = leastRaised.map { min($0, fraction) } ?? fraction }
                if raised == 0 { mostLeft = mostLeft.map { max($0, fraction) } ?? fraction }
            }
            if let leastRaised, let mostLeft { #expect(leastRaised >= mostLeft, "seed \(seed)") }
        }
    }
}
