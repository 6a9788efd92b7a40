import Testing

@testable import BillingServer

@Suite("The sections of GSTR-1")
struct ReturnSectionTests {
    private func section(
        _ nature: SupplyNature, _ buyer: Buyer, _ payable: Int64 = 1_00, on day: String = "2025-10-01", _ status: InvoiceStatus = .issued
    ) throws -> ReturnSection? {
        ReturnSection.of(status, to: buyer, try Samples.place(nature), payable: payable, on: CivilDate(known: day))
    }

    @Test("The buyer and the place decide: registered, abroad, large sales to another state, and all others")
    func sections() throws {
        #expect(try section(.intraState, .registered(Samples.buyer)) == .b2b)
        #expect(try section(.zeroRatedWithTax, .specialEconomicZone(Samples.buyer)) == .b2b)
        #expect(try section(.zeroRatedWithoutTax, .abroad) == .exports)
        #expect(try section(.interState, .unregistered, .max) == .b2cl)
        #expect(try section(.intraState, .unregistered, .max) == .b2cs)
        #expect(try section(.unionTerritory, .unregistered, .max) == .b2cs)
    }

    @Test(
        "What a large sale is depends on its day, and begins above the threshold",
        arguments: [
            ("2024-07-31", 2_50_000_00, ReturnSection.b2cs), ("2024-07-31", 2_50_000_01, .b2cl), ("2024-08-01", 1_00_000_00, .b2cs),
            ("2024-08-01", 1_00_000_01, .b2cl), ("2017-07-01", 1_00_000_01, .b2cs), ("2025-01-01", 1_00_000_01, .b2cl),
        ] as [(String, Int64, ReturnSection)])
    func threshold(day: String, payable: Int64, expected: ReturnSection) throws {
        #expect(try section(.interState, .unregistered, payable, on: day) == expected)
    }

    @Test("Proforma, drafts, void and cancelled documents stand in none, nor do bills of supply", arguments: InvoiceStatus.allCases)
    func none(status: InvoiceStatus) throws {
        let isListed = [.issued, .partial, .paid].contains(status)
        #expect(try section(.intraState, .registered(Samples.buyer), status) == (isListed ? .b2b : nil))
        #expect(try section(.composition, .unregistered, status) == nil)
        #expect(try section(.unregistered, .unregistered, status) == nil)
    }

    @Test("A note follows the document that it is against")
    func notes() {
        #expect(ReturnSection.allCases.map(\.note) == [.cdnr, .cdnur, .b2cs, .cdnur, nil, nil])
    }

    private func section(_ nature: SupplyNature, _ buyer: Buyer, _ status: InvoiceStatus) throws -> ReturnSection? {
        try section(nature, buyer, 1_00, on: "2025-10-01", status)
    }
}
