import Testing

@testable import BillingServer

@Suite("Tax rates and the time of supply")
struct TaxRateTests {
    @Test(
        "The longest prefix that has a row for the day decides, and the day decides which row",
        arguments: [
            ("3305", "2025-09-21", 1), ("3305", "2025-09-22", 2), ("330510", "2025-09-22", 2), ("3304", "2025-09-22", 3),
            ("33049910", "2030-01-01", 3), ("84713010", "2018-01-01", 9),
        ] as [(String, String, Int64)])
    func choice(hsn: String, day: String, row: Int64) throws {
        #expect(try Samples.rates().rate(for: HSNCode(hsn), on: CivilDate(known: day)).id == row)
    }

    @Test("Without a row nothing is assumed: neither before the first, nor for a code that nobody named")
    func missing() throws {
        let rates = try Samples.rates()
        let before = CivilDate(known: "2017-06-30")
        #expect(throws: BillingError.taxRateMissing(hsn: try HSNCode("3305"), date: before)) {
            try rates.rate(for: HSNCode("3305"), on: before)
        }
        #expect(throws: BillingError.taxRateMissing(hsn: try HSNCode("9999"), date: Samples.day)) {
            try rates.rate(for: HSNCode("9999"), on: Samples.day)
        }
    }

    @Test("Rows of one prefix have no day in common, and end after they begin")
    func overlaps() throws {
        let open = try Samples.rate(1, "33", 1_800)
        let later = try Samples.rate(2, "33", 500, from: "2025-09-22")
        #expect(throws: BillingError.taxRatesOverlap(id: 1, other: 2)) { try TaxRateTable([open, later]) }
        let touching = try Samples.rate(3, "33", 1_800, through: "2025-09-22")
        #expect(throws: BillingError.taxRatesOverlap(id: 2, other: 3)) { try TaxRateTable([later, touching]) }
        let backwards = try Samples.rate(4, "33", 500, from: "2025-09-22", through: "2025-09-21")
        #expect(throws: BillingError.taxRateRange(id: 4)) { try TaxRateTable([backwards]) }
    }

    @Test(
        "Two of the three events decide which side of a change a supply is on: section 14 of the CGST Act, case by case",
        arguments: [
            // supplied, invoiced, paid; whether the rate after the change on 22 September applies
            ("09-20", "09-25", "09-26", true), ("09-20", "09-18", "09-25", false), ("09-20", "09-25", "09-18", false),
            ("09-25", "09-18", "09-26", true), ("09-25", "09-18", "09-19", false), ("09-25", "09-26", "09-18", true),
            ("09-20", "09-21", nil, false), ("09-20", "09-22", nil, true), ("09-22", "09-20", nil, true),
        ] as [(String, String, String?, Bool)])
    func timeOfSupply(supplied: String, invoiced: String, paid: String?, isAfter: Bool) {
        let date = TimeOfSupply.date(
            supplied: CivilDate(known: "2025-\(supplied)"), invoiced: CivilDate(known: "2025-\(invoiced)"),
            paid: paid.map { CivilDate(known: "2025-\($0)") })
        #expect((date >= CivilDate(known: "2025-09-22")) == isAfter)
    }
}
