import TestSupport
import Testing

@testable import BillingServer

@Suite("Tax of a bill")
struct TaxedBillTests {
    private let rates: TaxRateTable

    init() throws { rates = try Samples.rates() }

    private func bill(_ lines: [PricedLine], _ discount: Discount = .none, _ nature: SupplyNature = .intraState, rounds: Bool = true)
        throws -> TaxedBill
    {
        try TaxedBill(lines, discount: discount, place: Samples.place(nature), on: Samples.day, by: rates, roundsToRupee: rounds)
    }

    @Test("CGST and SGST are each rounded half up by themselves: halves of a rounded whole would lose a paisa")
    func halves() throws {
        // 18 % of 0.25 rupees is 4.5 paise: whole rounded 5, halves 2 and 3. Each 9 % of 25 is 2.25: 2 and 2.
        let line = try #require(try bill([Samples.line("3304", 1_000, 25)], rounds: false).lines.first)
        #expect(line.tax.cgst == 2 && line.tax.sgst == 2 && line.tax.igst == 0)
        let other = try #require(try bill([Samples.line("3304", 1_000, 50)], rounds: false).lines.first)
        #expect(other.tax.cgst == 5 && other.tax.sgst == 5)
        #expect(try bill([Samples.line("3304", 1_000, 25)], .none, .interState).tax.igst == 5)
    }

    @Test("Tax is due on what is left after the line's and the bill's discount")
    func discounts() throws {
        let lines = [
            try Samples.line("3304", 2_000, 10_000, .percent(try Rate(basisPoints: 1_000))),  // 200.00 less 20.00
            try Samples.line("7113", 1_000, 10_001),
        ]
        let bill = try bill(lines, .flat(1_000), rounds: false)
        // 10.00 over 180.00 and 100.01: 642.834… and 357.165… paise
        #expect(bill.lines.map(\.billDiscount) == [643, 357])
        #expect(bill.lines.map(\.taxable) == [17_357, 9_644])
        #expect(bill.lines.map(\.tax.cgst) == [1_562, 145])
        #expect(bill.taxable == 27_001)
        #expect(bill.payable == 27_001 + 2 * (1_562 + 145))
        #expect(bill.roundOff == 0)
    }

    @Test("A cess is due where the tax is 0 %, not on what is exempt, and not without tax abroad")
    func cess() throws {
        let lines = [
            try Samples.line("2701", 1_000, 100_000), try Samples.line("1006", 1_000, 100_000), try Samples.line("2710", 1_000, 5_000),
        ]
        let bill = try bill(lines)
        #expect(bill.tax.cess == 4_000)
        #expect(bill.tax.cgst == 0 && bill.tax.sgst == 0)
        #expect(try self.bill(lines, .none, .zeroRatedWithoutTax).tax == .none)
        #expect(try self.bill(lines, .none, .composition).tax == .none)
        #expect(try self.bill(lines, .none, .unregistered).tax == .none)
        #expect(try self.bill([Samples.line("2202", 1_000, 10_000)], .none, .zeroRatedWithTax).tax.igst == 2_800)
    }

    @Test(
        "The amount payable is whole rupees, from fifty paise on the next: section 170",
        arguments: [(100, 0), (149, -49), (150, 50), (151, 49), (199, 1), (0, 0)] as [(Int64, Int64)])
    func roundOff(price: Int64, roundOff: Int64) throws {
        let bill = try bill([Samples.line("1006", 1_000, price)])
        #expect(bill.roundOff == roundOff)
        #expect(bill.payable == price + roundOff)
    }

    @Test("A price with its taxes in it is what the buyer pays")
    func inclusive() throws {
        let line = try #require(try bill([Samples.line("3304", 1_000, 10_000, inclusive: true)], rounds: false).lines.first)
        // 10000 ÷ 1.18 is 8474.58: with 8475 value and taxes would be a paisa above the price, with 8474 they meet it.
        #expect(line.taxable == 8_474 && line.tax.cgst == 763 && line.tax.sgst == 763 && line.priceDifference == 0)
        for price in Int64(1)...3_000 {
            for nature in SupplyNature.allCases {
                let bill = try bill([Samples.line("2202", 1_000, price, inclusive: true)], .none, nature, rounds: false)
                #expect(bill.payable == price)
                #expect(bill.roundOff.magnitude <= 2)
                let line = try #require(bill.lines.first)
                #expect(line.priceDifference == bill.roundOff)
                #expect(line.net == price)
            }
        }
    }

    @Test("The largest amounts and quantities are an error, not a trap")
    func overflow() throws {
        let million = Int64(1_000_000_000_000_000)
        #expect(throws: BillingError.amountOutOfRange) { try bill([Samples.line("3304", million, .max)]) }
        #expect(throws: BillingError.amountOutOfRange) { try bill([Samples.line("3304", 1_000, .max)]) }
        #expect(try bill([Samples.line("3304", 1_000, .max, inclusive: true)], rounds: false).payable == .max)
        let half = try Samples.line("1006", 1_000, .max / 2 + 1)
        #expect(throws: BillingError.amountOutOfRange) { try bill([half, half]) }
        #expect(try bill([Samples.line("1006", 1_000, .max)], rounds: false).payable == .max)
        #expect(try bill([Samples.line("1006", 1_000, .max)]).payable == 9_223_372_036_854_775_800)
        #expect(try bill([Samples.line("1006", million, 9_000)]).payable == 9_000 * million / 1_000)
    }

    @Test("Bad lines and discounts have their errors")
    func refused() throws {
        let line = try Samples.line("3304", 1_000, 100)
        #expect(throws: BillingError.tooManyLines(limit: 500)) { try bill([]) }
        #expect(throws: BillingError.tooManyLines(limit: 500)) { try bill(Array(repeating: line, count: 501)) }
        #expect(throws: Never.self) { try bill(Array(repeating: line, count: 500)) }
        for milli in [0, -1, Int64.min] {
            #expect(throws: BillingError.quantityNotPositive) { try bill([Samples.line("3304", milli, 100)]) }
        }
        #expect(throws: BillingError.amountNotPositive) { try bill([Samples.line("3304", 1_000, -1)]) }
        #expect(throws: BillingError.discountExceedsValue) { try bill([line], .flat(101)) }
        #expect(throws: BillingError.amountNotPositive) { try bill([line], .flat(-1)) }
        #expect(throws: BillingError.discountExceedsValue) { try bill([Samples.line("3304", 1_000, 100, .flat(101))]) }
        #expect(throws: BillingError.self) { try bill([Samples.line("9999", 1_000, 100)]) }
    }

    @Test("Of every line it can be said which row of the law it was taxed by, and how")
    func explanation() throws {
        let bill = try bill([Samples.line("2202", 1_000, 10_000), Samples.line("3305", 1_000, 100, inclusive: true)], .flat(100))
        let text = bill.lines.map { $0.explanation(bill.place.nature, TaxRateWords($0.rule)).joined(separator: " ") }
        #expect(
            text.first == """
                Value 10000 less the line's discount 0 and its part of the bill's discount 99 is 9901. \
                Rate row 7: HSN 2202, from 2017-07-01, taxable, 28 %, cess 12 %. Notification 7. \
                CGST and SGST are each half of 28 % of 9901, rounded half up: 1386 and 1386. \
                Cess is 12 % of 9901, rounded half up: 1188.
                """)
        #expect(text.last?.contains("Rate row 2: HSN 33, from 2025-09-22") == true)
        #expect(text.last?.contains("the taxable value within it is") == true)
    }

    @Test("Random bills are taxed as rational arithmetic says, and add up")
    func random() throws {
        let seed = Soak.seed(7_003)
        var random = SeededRandom(seed: seed)
        let codes = ["3305", "3304", "7113", "7102", "1006", "2202", "2701", "8471", "2710", "8703"]
        for _ in 0..<1_000 {
            let lines = try (0..<Int.random(in: 1...20, using: &random)).map { _ in
                let discount: Discount =
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: .none
                    default: .percent(try Rate(basisPoints: Int64.random(in: 0...10_000, using: &random)))
                    }
                return try Samples.line(
                    codes.randomElement(using: &random) ?? "3304", Int64.random(in: 1...1_000_000, using: &random),
                    Int64.random(in: 0...1_000_000, using: &random), inclusive: Bool.random(using: &random), discount)
            }
            let share = try Rate(basisPoints: Int64.random(in: 0...10_000, using: &random))
            let nature = SupplyNature.allCases.randomElement(using: &random) ?? .intraState
            let bill = try bill(lines, .percent(share), nature)
            try Self.check(bill, lines, share, nature, seed)
        }
    }

    private static func check(_ bill: TaxedBill, _ lines: [PricedLine], _ share: Rate, _ nature: SupplyNature, _ seed: UInt64) throws {
        var subtotal: Int128 = 0
        for (line, taxed) in zip(lines, bill.lines) {
            let gross = (Rational(line.quantity.milli) * Rational(Int128(line.unitPrice), over: 1_000)).rounded
            #expect(Int128(taxed.gross) == gross, "seed \(seed)")
            var discount: Int128 = 0
            if case .percent(let rate) = line.discount {
                discount = (Rational(gross) * Rational(Int128(rate.basisPoints), over: 10_000)).rounded
            }
            #expect(Int128(taxed.lineDiscount) == discount, "seed \(seed)")
            subtotal += gross - discount
        }
        let billDiscount = (Rational(subtotal) * Rational(Int128(share.basisPoints), over: 10_000)).rounded
        #expect(bill.lines.reduce(Int128(0)) { $0 + Int128($1.billDiscount) } == billDiscount, "seed \(seed)")

        let isFree = nature == .zeroRatedWithoutTax || nature.isBillOfSupply
        let isLocal = nature == .intraState || nature == .unionTerritory
        var (sum, shown): (Int128, Int128) = (0, 0)
        for (line, taxed) in zip(lines, bill.lines) {
            let isTaxed = taxed.rule.taxability == .taxable && !isFree
            let value = Rational(taxed.taxable)
            let rate = isTaxed ? Int128(taxed.rule.rate.basisPoints) : 0
            let cess = isTaxed ? Int128(taxed.rule.cess.basisPoints) : 0
            #expect(Int128(taxed.tax.cgst) == (isLocal ? (value * Rational(rate, over: 20_000)).rounded : 0), "seed \(seed)")
            #expect(taxed.tax.sgst == taxed.tax.cgst, "seed \(seed)")
            #expect(Int128(taxed.tax.igst) == (isLocal ? 0 : (value * Rational(rate, over: 10_000)).rounded), "seed \(seed)")
            #expect(Int128(taxed.tax.cess) == (value * Rational(cess, over: 10_000)).rounded, "seed \(seed)")
            let taxes = Int128(taxed.tax.cgst) + Int128(taxed.tax.sgst) + Int128(taxed.tax.igst) + Int128(taxed.tax.cess)
            if line.isInclusive {
                let exact = Rational(taxed.net) * Rational(10_000, over: 10_000 + rate + cess)
                #expect((Int128(taxed.taxable) - exact.rounded).magnitude <= 1, "seed \(seed)")
                #expect(Int128(taxed.taxable) + taxes + Int128(taxed.priceDifference) == Int128(taxed.net), "seed \(seed)")
                #expect(taxed.priceDifference.magnitude <= 2, "seed \(seed)")
                shown += Int128(taxed.net)
            } else {
                #expect(taxed.taxable == taxed.net, "seed \(seed)")
                shown += Int128(taxed.net) + taxes
            }
            sum += Int128(taxed.taxable) + taxes
        }
        #expect(Int128(bill.payable) == (Rational(shown) * Rational(1, over: 100)).rounded * 100, "seed \(seed)")
        #expect(Int128(bill.roundOff) == Int128(bill.payable) - sum, "seed \(seed)")
        // What the document says is what its journal posts.
        let journal = try Journal.issued(bill, to: RecordID(number: 1))
        let credits = journal?.lines.filter { $0.account.code == .sales }.reduce(Int64(0)) { $0 + $1.amount.minorUnits } ?? 0
        #expect(credits == bill.taxable, "seed \(seed)")
    }
}
