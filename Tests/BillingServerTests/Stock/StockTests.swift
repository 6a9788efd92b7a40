import TestSupport
import Testing

@testable import BillingServer

@Suite("Stock")
struct StockTests {
    private func batch(_ number: Int, expires: String?, received: String = "2025-09-01", _ milli: Int64, value: Int64) throws -> StockBatch
    {
        try StockBatch(
            id: RecordID(number: number), expires: expires.map { CivilDate(known: $0) }, received: CivilDate(known: received),
            onHand: Quantity(milli: milli), value: value)
    }

    @Test("What expires first leaves first, then what came first; what has expired stays")
    func order() throws {
        var batches = [
            try batch(1, expires: nil, 1_000, value: 10), try batch(2, expires: "2025-12-01", 1_000, value: 20),
            try batch(3, expires: "2025-11-01", 1_000, value: 30), try batch(4, expires: "2025-09-30", 1_000, value: 40),
            try batch(5, expires: "2025-12-01", received: "2025-08-01", 1_000, value: 50),
            try batch(6, expires: "2025-10-01", 500, value: 60),
        ]
        let pick = try StockPick(Quantity(milli: 3_600), from: &batches, on: Samples.day)
        #expect(pick.parts.map(\.batch) == [6, 3, 5, 2, 1].map(RecordID.init(number:)))
        #expect(pick.parts.map(\.quantity.milli) == [500, 1_000, 1_000, 1_000, 100])
        #expect(pick.parts.map(\.cost) == [60, 30, 50, 20, 1])
        #expect(pick.cost == 161)
        #expect(batches.map(\.onHand.milli) == [900, 0, 0, 1_000, 0, 0])
        #expect(batches.map(\.value) == [9, 0, 0, 40, 0, 0])
    }

    @Test("Too little is an error that says what could be had, and takes nothing")
    func insufficient() throws {
        var batches = [try batch(1, expires: "2025-09-30", 1_000, value: 1), try batch(2, expires: nil, 700, value: 1)]
        let before = batches
        #expect(throws: BillingError.insufficientStock(available: Quantity(milli: 700))) {
            try StockPick(Quantity(milli: 701), from: &batches, on: Samples.day)
        }
        #expect(throws: BillingError.insufficientStock(available: Quantity(milli: 700))) {
            try StockPick(Quantity(milli: .max), from: &batches, on: Samples.day)
        }
        #expect(throws: BillingError.quantityNotPositive) { try StockPick(.zero, from: &batches, on: Samples.day) }
        #expect(batches == before)
        var twice = [before[1], before[1]]
        #expect(throws: BillingError.batchRepeated(RecordID(number: 2))) {
            try StockPick(Quantity(milli: 1), from: &twice, on: Samples.day)
        }
        #expect(throws: BillingError.quantityNotPositive) { try batch(1, expires: nil, -1, value: 0) }
        #expect(throws: BillingError.amountNotPositive) { try batch(1, expires: nil, 1, value: -1) }
    }

    @Test("Whatever is taken in whatever pieces, costs and values add up to what was there")
    func value() throws {
        let seed = Soak.seed(7_005)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var batches = try (1...4).map { number in
                try batch(
                    number, expires: Bool.random(using: &random) ? "2025-12-0\(number)" : nil, Int64.random(in: 0...5_000, using: &random),
                    value: Int64.random(in: 0...10_000, using: &random))
            }
            // An empty batch has no value that could leave.
            batches.removeAll { $0.onHand == .zero }
            let (had, cost) = (batches.reduce(Int64(0)) { $0 + $1.onHand.milli }, batches.reduce(Int64(0)) { $0 + $1.value })
            var (taken, paid): (Int64, Int64) = (0, 0)
            while taken < had {
                let quantity = Int64.random(in: 1...min(2_000, had - taken), using: &random)
                let pick = try StockPick(Quantity(milli: quantity), from: &batches, on: Samples.day)
                #expect(pick.parts.reduce(Int64(0)) { $0 + $1.quantity.milli } == quantity, "seed \(seed)")
                taken += quantity
                paid += pick.cost
                #expect(paid + batches.reduce(Int64(0)) { $0 + $1.value } == cost, "seed \(seed)")
            }
            #expect(batches.allSatisfy { $0.value == 0 && $0.onHand == .zero }, "seed \(seed)")
        }
    }

    @Test("What runs low is ordered by what sells, at least twice the minimum, at least ten")
    func reorder() throws {
        func suggestion(_ onHand: Int64, _ minimum: Int64, _ sold: Int64) throws -> Int64? {
            try ReorderSuggestion.quantity(
                onHand: Quantity(milli: onHand), minimum: Quantity(milli: minimum), soldIn30Days: Quantity(milli: sold))?.milli
        }
        #expect(try suggestion(5_001, 5_000, 100_000) == nil)
        #expect(try suggestion(5_000, 5_000, 100_000) == 150_000)
        #expect(try suggestion(5_000, 8_000, 1_000) == 16_000)
        #expect(try suggestion(0, 0, 0) == 10_000)
        #expect(throws: BillingError.amountOutOfRange) { try suggestion(0, 0, .max) }
    }
}
