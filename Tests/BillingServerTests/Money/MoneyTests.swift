import TestSupport
import Testing

@testable import BillingServer

@Suite("Money, quantities and rates")
struct MoneyTests {
    @Test("A currency is a code of ISO 4217 in capital letters", arguments: ["INR", "GBP", "USD", "EUR", "JPY", "KWD", "XAF"])
    func currencies(code: String) {
        #expect(Currency(code)?.code == code)
    }

    @Test("What is no currency is none", arguments: ["", "IN", "INRR", "inr", "XXX", "XAU", "ABC", "\u{130}NR", "I R"])
    func noCurrency(code: String) {
        #expect(Currency(code) == nil)
    }

    @Test("A currency has its own number of decimal digits", arguments: [("INR", 2), ("JPY", 0), ("KWD", 3), ("VND", 0), ("TND", 3)])
    func digits(code: String, digits: Int) throws {
        let currency = try #require(Currency(code))
        #expect(currency.minorUnitDigits == digits)
        #expect(currency.minorUnitsPerUnit == [1, 10, 100, 1_000][digits])
    }

    @Test("Amounts of two currencies do not mix")
    func mismatch() {
        let rupees = Money(minorUnits: 1, .inr)
        let pounds = Money(minorUnits: 1, .gbp)
        #expect(throws: BillingError.currencyMismatch(expected: .inr, found: .gbp)) { try rupees.adding(pounds) }
        #expect(throws: BillingError.currencyMismatch(expected: .inr, found: .gbp)) { try rupees.subtracting(pounds) }
        #expect(throws: BillingError.currencyMismatch(expected: .gbp, found: .inr)) { try rupees.minorUnits(in: .gbp) }
    }

    @Test("The largest amounts are an error, not a trap")
    func overflow() throws {
        let most = Money(minorUnits: .max, .inr)
        #expect(throws: BillingError.amountOutOfRange) { try most.adding(Money(minorUnits: 1, .inr)) }
        #expect(throws: BillingError.amountOutOfRange) { try Money(minorUnits: .min, .inr).subtracting(Money(minorUnits: 1, .inr)) }
        #expect(throws: BillingError.amountOutOfRange) { try Quantity(milli: .max).value(atUnitPrice: .max) }
        #expect(throws: BillingError.amountOutOfRange) { try Quantity(milli: .max).adding(Quantity(milli: 1)) }
        #expect(try Quantity(milli: 1_000).value(atUnitPrice: .max) == .max)
        #expect(try Quantity(milli: .max).value(atUnitPrice: 1_000) == .max)
        #expect(try most.subtracting(most) == .zero(.inr))
    }

    @Test("A rate is 0 to 10000 basis points", arguments: [-1, 10_001, .max, .min])
    func rates(basisPoints: Int64) {
        #expect(throws: BillingError.rateOutOfRange) { try Rate(basisPoints: basisPoints) }
    }

    @Test(
        "Halves are rounded away from zero, and a part of the half is not",
        arguments: [(5, 3), (-5, -3), (4, 2), (6, 3), (1, 1), (-1, -1), (0, 0)])
    func halves(doubled: Int64, rounded: Int64) throws {
        #expect(try doubled.scaled(by: 1, over: 2) == rounded)
        #expect(Int128(doubled).dividedHalfUp(by: 2) == Int128(rounded))
    }

    @Test("Scaling is what rational arithmetic says, also where the product needs 128 bits")
    func scaling() throws {
        let seed = Soak.seed(7_001)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let value = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...62, using: &random)
            let numerator = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...62, using: &random)
            let denominator = (Int64.random(in: 1 ... .max, using: &random) >> Int64.random(in: 0...62, using: &random)) | 1
            // The product is exact; what is compared is the rounding, by the distance of twice the result from twice the fraction.
            let product = Int128(value) * Int128(numerator)
            let expected = product.quotientAndRemainder(dividingBy: Int128(denominator))
            let isUp = expected.remainder.magnitude * 2 >= Int128(denominator).magnitude
            let rounded = expected.quotient + (isUp ? product.signum() : 0)
            if let narrow = Int64(exactly: rounded) {
                #expect(try value.scaled(by: numerator, over: denominator) == narrow, "seed \(seed)")
            } else {
                #expect(throws: BillingError.amountOutOfRange, "seed \(seed)") { try value.scaled(by: numerator, over: denominator) }
            }
        }
    }

    @Test(
        "Quantities and rates are written without zeros at their end",
        arguments: [(1_500, "1.5"), (2_000, "2"), (-1, "-0.001"), (10, "0.01")])
    func quantityText(milli: Int64, text: String) {
        #expect(Quantity(milli: milli).description == text)
    }

    @Test("Rates are written in percent")
    func rateText() throws {
        #expect(try Rate(basisPoints: 25).description == "0.25 %")
        #expect(try Rate(basisPoints: 1_800).description == "18 %")
    }

    @Test("An id is read in either case and written in lower case")
    func recordID() throws {
        let text = "018F4E6A-7C1B-7D2E-9A3F-0123456789AB"
        let id = try #require(RecordID(text))
        #expect(id.description == text.lowercased())
        #expect(RecordID(id.description) == id)
        for wrong in [
            "", "018f4e6a7c1b7d2e9a3f0123456789ab", "018f4e6a-7c1b-7d2e-9a3f-0123456789ag", text + "0", text.replacing("-", with: "0"),
        ] {
            #expect(RecordID(wrong) == nil)
        }
    }
}
