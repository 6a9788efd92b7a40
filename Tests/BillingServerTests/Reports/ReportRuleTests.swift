import TestSupport
import Testing

@testable import BillingServer

@Suite("Reports: what is earned, and what is unusual")
struct ReportRuleTests {
    @Test(
        "an amount is unusual by its z-score over twelve before it, and only where there are three",
        arguments: [
            ([100, 100], 1_000, nil), ([100, 100, 100], 100, nil), ([100, 100, 100], 101, .high),
            // Mean 100, standard deviation 10: exactly 2, 3 and 4 of them are not more than that.
            ([90, 110, 90, 110], 120, nil), ([90, 110, 90, 110], 121, .low), ([90, 110, 90, 110], 79, .low),
            ([90, 110, 90, 110], 130, .low), ([90, 110, 90, 110], 131, .medium), ([90, 110, 90, 110], 140, .medium),
            ([90, 110, 90, 110], 141, .high), ([90, 110, 90, 110], 0, .high),
            // The thirteenth does not count.
            (Array(repeating: 100, count: 12) + [5], 100, nil),
            // The largest amounts there are do not overflow.
            ([.max, .max - 1, .max], .max, nil), ([1, 2, 3], .max, .high), ([.max, 0, .max, 0], .max, nil),
        ] as [([Int64], Int64, Anomaly?)])
    func anomaly(earlier: [Int64], amount: Int64, expected: Anomaly?) {
        #expect(Anomaly.of(amount, after: earlier) == expected)
    }

    @Test("E · the same as with fractions, for random amounts")
    func rational() {
        let seed = Soak.seed(7_041)
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let earlier = (0..<Int.random(in: 3...12, using: &random)).map { _ in Int64.random(in: 0...1_000, using: &random) }
            let amount = Int64.random(in: 0...3_000, using: &random)
            let count = Int64(earlier.count)
            let mean = Rational(Int128(earlier.reduce(0, +)), over: Int128(count))
            let variance =
                earlier.reduce(Rational(0)) { sum, value in
                    let difference = Rational(value) - mean
                    return sum + difference * difference
                } * Rational(1, over: Int128(count))
            let distance = Rational(amount) - mean
            let expected: Anomaly?
            if variance == Rational(0) {
                expected = distance == Rational(0) ? nil : .high
            } else {
                expected = Anomaly.allCases.last { Rational(Int64($0.rawValue * $0.rawValue)) * variance < distance * distance }
            }
            #expect(Anomaly.of(amount, after: earlier) == expected, "seed \(seed)")
        }
    }

    @Test("BIL-3 · a discount is subtracted once, since the ledger's sales are without it already")
    func discountOnce() throws {
        func sum(_ account: AccountCode, debit: Int64 = 0, credit: Int64 = 0, _ currency: Currency = .inr) -> BalanceRow {
            BalanceRow(account: account, currency: currency, debit: debit, credit: credit)
        }
        // 1,000 rupees of goods, 100 off, 18 % of 900: the customer owes 1,062; they had cost 500; 90 were taken back.
        let result = try ProfitAndLoss(
            [
                sum(.receivable, debit: 1_062_00), sum(.sales, credit: 900_00), sum(.outputCGST, credit: 81_00),
                sum(.outputSGST, credit: 81_00), sum(.salesReturns, debit: 90_00), sum(.costOfGoodsSold, debit: 500_00),
                sum(.roundOff, debit: 30), sum(.badDebt, debit: 10_00), sum(.platformFee, credit: 20_00), sum(.sales, credit: 7, .usd),
            ], in: .inr)
        #expect(result.sales == 900_00)
        #expect(try result.grossProfit() == 310_00)
        #expect(try result.netProfit() == 319_70)
        #expect(throws: BillingError.amountOutOfRange) {
            try ProfitAndLoss([sum(.sales, credit: .max), sum(AccountCode(number: 4_000), credit: 1)], in: .inr)
        }
    }
}
