import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import Testing

@testable import BillingServer

@Suite("Tax rates as rows")
struct TaxRateServiceTests {
    private let tenant: BillingTenant

    init() async throws { tenant = try await BillingWorld.shared().tenant() }

    @discardableResult
    private func set(
        _ prefix: String, from: String, _ rate: Int32, cess: Int32 = 0, _ taxability: BillingAPI.Taxability = .taxable
    ) async throws -> BillingAPI.TaxRate {
        let request = SetTaxRateRequest.with {
            $0.taxRate = .with {
                ($0.hsnPrefix, $0.effectiveFrom, $0.rate, $0.cess) = (prefix, from, rate, cess)
                ($0.taxability, $0.source) = (taxability, "Notification 9/2025-Central Tax (Rate)")
            }
        }
        return try await tenant.catalog.setTaxRate(request, tenant.options())
    }

    private func list(_ hsn: String = "", asOf: String = "") async throws -> [BillingAPI.TaxRate] {
        var (all, token) = ([BillingAPI.TaxRate](), "")
        repeat {
            let reply = try await tenant.catalog.listTaxRates(
                .with { ($0.hsn, $0.asOf, $0.pageSize, $0.pageToken) = (hsn, asOf, 2, token) }, tenant.options())
            all += reply.taxRates
            token = reply.nextPageToken
        } while !token.isEmpty
        return all
    }

    /// The rates as an invoice reads them.
    private func table(_ codes: [String]) async throws -> TaxRateTable {
        let codes = try codes.map { try HSNCode($0) }
        let rows: [TaxRateRow] = try await tenant.world.office.database.batch(tenant.scope) { $0.all(.taxRates(prefixesOf: codes)) }
        return try TaxRateTable(rows)
    }

    @Test("a wrong row ends with the next day's, and gives way to a longer prefix's on its own day")
    func corrected() async throws {
        try await set("9405", from: "2025-10-01", 2_800)
        #expect(await refusal { try await set("9405", from: "2025-10-01", 1_800) }?.reason == "ALREADY_EXISTS")
        try await set("9405", from: "2025-10-02", 1_800)
        try await set("940510", from: "2025-10-01", 1_800)
        let (code, table) = (try HSNCode("94051000"), try await table(["94051000"]))
        for day in ["2025-10-01", "2025-10-02"] {
            #expect(try table.rate(for: code, on: CivilDate(known: day)).rate == Rate(basisPoints: 1_800))
        }
    }

    @Test("a row is in force until the next one of its prefix, lists go by prefix and day, and a day's row is set once")
    func rows() async throws {
        let later = try await set("33", from: "2025-09-22", 500)
        #expect(later.effectiveThrough.isEmpty && later.setBy == "tester/ada")
        let before = try await set("33", from: "2017-07-01", 1_800)
        #expect(before.effectiveThrough == "2025-09-21", "the later one is known already")
        try await set("3304", from: "2017-07-01", 1_800)
        try await set("34", from: "2017-07-01", 1_200)
        #expect(try await list().map(\.hsnPrefix) == ["33", "33", "3304", "34"])
        #expect(try await list("33049910").map(\.hsnPrefix) == ["33", "33", "3304"])
        #expect(try await list("3304", asOf: "2025-09-21").map(\.rate) == [1_800, 1_800])
        #expect(try await list("3304", asOf: "2025-09-22").map(\.rate) == [500, 1_800])
        #expect(try await list("33", asOf: "2017-06-30").isEmpty)
        let error = await refusal { try await set("33", from: "2025-09-22", 1_200) }
        #expect(error?.code == .alreadyExists && error?.reason == "ALREADY_EXISTS")
        #expect(try await list("33").map(\.rate) == [1_800, 500])
        #expect(try await table(["33051010"]).rate(for: HSNCode("33051010"), on: CivilDate(known: "2026-01-01")).id == later.id)
    }

    @Test("BIL-2 · cess is levied where the rate is 0 %, and what is exempt bears none")
    func cess() async throws {
        try await set("2701", from: "2017-07-01", 0, cess: 400)
        try await set("1006", from: "2017-07-01", 0, .exempt)
        let table = try await table(["2701", "1006"])
        let coal = try table.rate(for: HSNCode("2701"), on: Samples.day)
        let tax = try LineTax(on: 100_00, by: coal, .intraState)
        #expect(tax.cess == 4_00 && tax.cgst == 0 && tax.igst == 0)
        #expect(try LineTax(on: 100_00, by: table.rate(for: HSNCode("1006"), on: Samples.day), .interState) == .none)
        #expect(await refusal { try await set("1007", from: "2017-07-01", 0, cess: 1, .exempt) }?.violatedFields == ["tax_rate.cess"])
        #expect(await refusal { try await set("1007", from: "2017-07-01", 500, .nilRated) }?.violatedFields == ["tax_rate.rate"])
    }

    @Test("a rate changes at midnight where the tenant is, to the second, and nowhere else")
    func midnight() async throws {
        try await set("33", from: "2017-07-01", 1_800)
        try await set("33", from: "2025-09-22", 500)
        let (table, zones, soap) = (try await table(["3305"]), tenant.world.office.zones, try HSNCode("3305"))
        // 2025-09-21T18:30:00Z is midnight in Kolkata.
        let midnight: Int64 = 1_758_479_400
        for (seconds, zone, rate) in [
            (midnight - 1, "Asia/Kolkata", 1_800), (midnight, "Asia/Kolkata", 500), (midnight, "UTC", 1_800),
            (midnight, "Europe/London", 1_800),
            (midnight + 19_799, "UTC", 1_800), (midnight + 19_800, "UTC", 500),
        ] as [(Int64, String, Int64)] {
            let day = try zones.day(of: Instant(unixMicroseconds: seconds * 1_000_000), in: zone)
            #expect(try table.rate(for: soap, on: day).rate.basisPoints == rate, "\(seconds) \(zone)")
        }
    }

    @Test(
        "what is no rate is refused, and nothing is kept",
        arguments: [
            ("333", "2025-09-22", 500, "tax_rate.hsn_prefix"), ("33", "2025-02-30", 500, "tax_rate.effective_from"),
            ("33", "2025-09-22", 10_001, "tax_rate.rate"), ("33", "2025-09-22", -1, "tax_rate.rate"),
        ] as [(String, String, Int32, String)])
    func refused(prefix: String, from: String, rate: Int32, field: String) async throws {
        #expect(await refusal { try await set(prefix, from: from, rate) }?.violatedFields == [field])
        #expect(try await list().isEmpty)
    }

    @Test("the row is told of in the commit that makes it")
    func events() async throws {
        try await set("33", from: "2025-09-22", 500)
        #expect(
            try await tenant.count(
                "SELECT count(*) FROM outbox WHERE tenant_id = current_tenant() AND topic = 'switchboard.billing.v1.TaxRateSet' AND subject = '33'"
            )
                == 1)
    }
}
