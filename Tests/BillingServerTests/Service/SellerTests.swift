import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import Testing

struct SellerTests {
    @Test("a tenant says who sells, reads it, and changes the version that it has read")
    func change() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        #expect(await refusal { try await tenant.tax.getSeller(GetSellerRequest(), tenant.options()) }?.reason == "RESOURCE_NOT_FOUND")
        let said = try await tenant.sell()
        #expect(said.stateCode == "27")
        #expect(said.timeZone == "Asia/Kolkata")
        #expect(try await tenant.tax.getSeller(GetSellerRequest(), tenant.options()) == said)

        var request = SetSellerRequest()
        request.seller = said
        request.seller?.address = "1 Market Road"
        request.etag = said.etag
        let changed = try await tenant.tax.setSeller(request, tenant.options())
        #expect(changed.address == "1 Market Road")
        #expect(await refusal { try await tenant.tax.setSeller(request, tenant.options()) }?.reason == "ETAG_MISMATCH")
        request.etag = ""
        #expect(await refusal { try await tenant.tax.setSeller(request, tenant.options()) }?.violatedFields == ["etag"])
        let other = try await BillingWorld.shared().tenant()
        #expect(await refusal { try await other.tax.getSeller(GetSellerRequest(), other.options()) }?.reason == "RESOURCE_NOT_FOUND")
    }

    @Test(
        "what is no seller is refused, and nothing is kept",
        arguments: [
            ("27AAPFU0939F1ZW", "", "Asia/Kolkata", "GSTIN_CHECKSUM", []),
            ("", "40", "Asia/Kolkata", "FIELD_VIOLATION", ["seller.state_code"]),
            ("", "", "Asia/Kolkata", "FIELD_VIOLATION", ["seller.state_code"]),
            ("27AAPFU0939F1ZV", "29", "Asia/Kolkata", "FIELD_VIOLATION", ["seller.state_code"]),
            ("", "27", "Asia/Bombay2", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("", "27", "posixrules", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("", "27", "localtime", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("", "27", "Factory", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("", "27", "right/Asia/Kolkata", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("", "27", "posix/Asia/Kolkata", "FIELD_VIOLATION", ["seller.time_zone"]),
            ("AAAAAAAAAAAAAAA", "27", "../../etc/passwd", "FIELD_VIOLATION", ["seller.gstin", "seller.time_zone"]),
        ] as [(String, String, String, String, [String])])
    func refused(gstin: String, state: String, zone: String, reason: String, fields: [String]) async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let error = await refusal {
            try await tenant.sell { ($0.gstin, $0.stateCode, $0.timeZone) = (gstin, state, zone) }
        }
        #expect(error?.reason == reason)
        #expect(error?.violatedFields == fields)
        #expect(try await tenant.count("SELECT count(*) FROM seller WHERE tenant_id = current_tenant()") == 0)
    }

    @Test("a name of spaces alone, and control characters in name and address, are refused")
    func texts() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        #expect(await refusal { try await tenant.sell { $0.legalName = "   " } }?.violatedFields == ["seller.legal_name"])
        let error = await refusal { try await tenant.sell { ($0.legalName, $0.address) = ("Acme\nTraders", "1 Market\u{0} Road") } }
        #expect(error?.violatedFields == ["seller.legal_name", "seller.address"])
        #expect(try await tenant.sell { $0.address = "1 Market Road\nPune" }.address == "1 Market Road\nPune")
    }

    @Test("a registration can be one or cannot, and says why")
    func validate() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        func validate(_ gstin: String) async throws(RPCError) -> ValidateGstinReply {
            try await tenant.tax.validateGstin(.with { $0.gstin = gstin }, tenant.options())
        }
        let good = try await validate("29AAGCB7383J1Z4")
        #expect((good.isValid, good.stateCode, good.pan, good.flaw) == (true, "29", "AAGCB7383J", ""))
        let bad = try await validate("07AAACR5055K1Z6")
        #expect(!bad.isValid)
        #expect(bad.flaw.contains("last character"))
    }
}
