import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Testing

@testable import BillingServer

struct FindDuplicatesTests {
    private static func found(_ tenant: BillingTenant, _ whose: FindDuplicatesRequest.Whose) async throws -> [String] {
        let reply = try await tenant.customers.findDuplicates(.with { $0.whose = whose }, tenant.options())
        return reply.candidates.map { candidate in
            let evidence = candidate.evidence.map { "\($0.sign.rawValue):\($0.weight)" }.joined(separator: " ")
            return "\(candidate.customer?.name ?? "") \(candidate.score) \(evidence)"
        }
    }

    @Test("who may be the same is listed, the likeliest first, with what speaks for it, and nobody is merged")
    func found() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer("Asha Devi") {
            ($0.phone, $0.gstin, $0.landmark) = ("9876543210", "27AAPFU0939F1ZV", "temple")
        }
        try await tenant.customer("ASHA DEVI") { ($0.landmark, $0.isNamesake) = ("Temple!", true) }
        try await tenant.customer("Usha") { $0.phone = "+449876543210" }
        try await tenant.customer("Asha Devi") { $0.phone = "7776543210" }
        try await tenant.customer("Office") { $0.pan = "AAPFU0939F" }
        try await tenant.customer("Nobody") { $0.landmark = "temple" }
        let gone = try await tenant.customer("Asha Devi")
        try await tenant.delete(gone.id)

        #expect(
            try await Self.found(tenant, .customerID(asha.id)) == [
                "ASHA DEVI 7000 2:7000", "Usha 6000 3:6000", "Asha Devi 5500 5:3000 6:2500", "Office 5000 4:5000",
            ])
        // Somebody who is to become one.
        let candidate = BillingAPI.Customer.with { ($0.name, $0.phone, $0.gstin) = ("Asha", "98765 43210", "27AAPFU0939F1ZV") }
        #expect(try await Self.found(tenant, .candidate(candidate)).first == "Asha Devi 10000 1:9000 3:6000")
        #expect(try await Self.found(tenant, .candidate(.with { $0.name = "Who" })) == [])
        #expect(
            await refusal { try await Self.found(tenant, .candidate(.with { $0.phone = "12" })) }?.violatedFields == ["candidate.phone"])
        #expect(await refusal { try await Self.found(tenant, .customerID(gone.id)) }?.reason == "PRECONDITION_FAILED")
        #expect(try await tenant.count("SELECT count(*) FROM customer WHERE tenant_id = current_tenant() AND merged_into IS NOT NULL") == 0)
        let stranger = try await BillingWorld.shared().tenant()
        #expect(try await Self.found(stranger, .candidate(candidate)) == [])
    }
}
