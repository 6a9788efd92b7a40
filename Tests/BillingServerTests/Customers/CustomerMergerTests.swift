import TestSupport
import Testing

@testable import BillingServer

struct CustomerMergerTests {
    @Test("what is owed and paid ahead is the survivor's afterwards, whatever its sign, and no account's sum changes")
    func journals() throws {
        let seed = Soak.seed(7_301)
        var random = SeededRandom(seed: seed)
        let merger = CustomerMerger(merged: RecordID(1), survivor: RecordID(2))
        for _ in 0..<500 {
            let amounts = (0..<2).map { _ in Bool.random(using: &random) ? Int64.random(in: -9_999...9_999, using: &random) : 0 }
            let balance = CustomerBalance(owed: Money(minorUnits: amounts[0], .inr), advance: Money(minorUnits: amounts[1], .inr))
            guard let journal = try merger.journal(moving: balance) else {
                #expect(balance.isSettled, "seed \(seed)")
                continue
            }
            var sums: [Account: Int64] = [:]
            for line in journal.lines { sums[line.account, default: 0] += line.signedMinorUnits }
            #expect(try sums[Account(.receivable, of: RecordID(2))] ?? 0 == amounts[0], "seed \(seed)")
            #expect(try sums[Account(.receivable, of: RecordID(1))] ?? 0 == -amounts[0], "seed \(seed)")
            #expect(try sums[Account(.customerAdvances, of: RecordID(2))] ?? 0 == -amounts[1], "seed \(seed)")
            #expect(try sums[Account(.customerAdvances, of: RecordID(1))] ?? 0 == amounts[1], "seed \(seed)")
        }
    }

    @Test("what cannot be taken to the other side is an error, not a trap")
    func overflow() {
        let balance = CustomerBalance(owed: Money(minorUnits: .min, .inr), advance: .zero(.inr))
        #expect(throws: BillingError.amountOutOfRange) {
            try CustomerMerger(merged: RecordID(1), survivor: RecordID(2)).journal(moving: balance)
        }
        var course = StatementCourse(opening: .max)
        #expect(throws: BillingError.amountOutOfRange) { try course.add(debit: 1, credit: 0) }
        #expect(course == StatementCourse(opening: .max))
    }
}
