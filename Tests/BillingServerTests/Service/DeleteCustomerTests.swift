import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import StandardTypes
import Testing

@testable import BillingServer

struct DeleteCustomerTests {
    private static let personal: SQL = """
        SELECT count(*) FROM customer WHERE tenant_id = current_tenant() AND (
            name <> 'Deleted customer' OR name_key <> '' OR phone <> '' OR phone_tail <> '' OR email <> '' OR nicknames <> '{}'
            OR landmark <> '' OR landmark_key <> '' OR address <> '' OR gstin <> '' OR pan <> '' OR tags <> '{}'
        )
        """

    @Test("BIL-19 · what told of the person goes, also of who was merged into it; rows, documents and the ledger stay")
    func anonymised() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer {
            ($0.phone, $0.gstin, $0.landmark, $0.email) = ("9876543210", "27AAPFU0939F1ZV", "temple", "asha@example.com")
            ($0.nicknames, $0.address, $0.tags) = (["Didi"], "1 Market Road", ["vip"])
        }
        let old = try await tenant.customer("Asha D.") { $0.phone = "9876543211" }
        try await tenant.post(old.id, owed: 500, on: "2025-10-01")
        try await tenant.merge(old, into: asha)
        try await tenant.post(asha.id, owed: -500, on: "2025-10-05", kind: .payment)
        let reminded = try #require(RecordID(old.id))
        try await tenant.world.administration.batch(tenant.scope) {
            $0.enqueue(
                """
                INSERT INTO reminder (
                    tenant_id, id, customer_id, kind, text, channels, time_zone, first_on, first_minute, state, due_at, created_at, updated_at
                ) VALUES (
                    current_tenant(), \(LedgerTenant.newID()), \(reminded), 'custom', 'Asha, your sari is here', '{sms}', 'Asia/Kolkata', '2025-10-09',
                    600, 'pending', now(), now(), now()
                )
                """)
        }
        try await tenant.delete(asha.id)

        #expect(try await tenant.count(Self.personal) == 0)
        #expect(try await tenant.count("SELECT count(*) FROM reminder WHERE tenant_id = current_tenant() AND text LIKE '%Asha%'") == 0)
        #expect(try await tenant.count("SELECT count(*) FROM customer WHERE tenant_id = current_tenant()") == 2)
        #expect(try await tenant.count("SELECT count(*) FROM ledger_journal WHERE tenant_id = current_tenant()") == 3)
        let deleted = try await tenant.getCustomer(asha.id)
        #expect(deleted.anonymisedAt != nil && deleted.name == "Deleted customer")
        #expect(try await tenant.balance(asha.id, asOf: "2025-10-04").owed == 500)
        // The number is free for somebody else, and nothing brings the person back.
        try await tenant.customer("Usha") { ($0.phone, $0.gstin) = ("9876543210", "27AAPFU0939F1ZV") }
        #expect(await refusal { try await tenant.update(deleted, "name") { $0.name = "Asha" } }?.reason == "PRECONDITION_FAILED")
        #expect(await refusal { try await tenant.delete(asha.id) }?.reason == "PRECONDITION_FAILED")
        let (one, told): (Int, Int) = try await tenant.world.administration.batch(tenant.scope) {
            (
                $0.one("SELECT count(*) FROM outbox WHERE tenant_id = current_tenant() AND topic LIKE '%CustomerDeleted'"),
                $0.one("SELECT count(*) FROM outbox WHERE tenant_id = current_tenant() AND convert_from(payload, 'LATIN1') LIKE '%Asha%'")
            )
        }
        #expect((one, told) == (1, 0))
    }

    @Test(
        "R37 · who owes, is owed, or has paid ahead is not deleted, and nothing is lost",
        arguments: [(1, 0), (-1, 0), (0, 1), (5, 5)] as [(Int64, Int64)])
    func held(owed: Int64, advance: Int64) async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer { $0.phone = "9876543210" }
        try await tenant.post(asha.id, owed: owed, advance: advance, on: "2025-10-01")
        let error = await refusal { try await tenant.delete(asha.id) }
        #expect((error?.code, error?.reason) == (.failedPrecondition, "LEGAL_HOLD"))
        #expect(error?.detail(PreconditionFailure.self)?.violations.map(\.type) == ["LEGAL_HOLD"])
        #expect(try await tenant.getCustomer(asha.id) == asha)
        try await tenant.post(asha.id, owed: -owed, advance: -advance, on: "2025-10-02", kind: .payment)
        try await tenant.delete(asha.id)
    }

    @Test("R37 · no row of a customer is ever removed: the role that serves may not, and an invoice keeps its customer from everybody")
    func rows() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        let bill = Bill(1, issued: "2025-10-01", due: "2025-10-01")
        try await tenant.write(bill, of: asha.id)
        #expect(await refusal { try await tenant.delete(asha.id) }?.reason == "LEGAL_HOLD")
        let removal: SQL = "DELETE FROM customer WHERE tenant_id = current_tenant()"
        let byServer = await refusal(of: { () async throws(PostgresError) in
            try await tenant.world.connections.batch(tenant.scope) { $0.enqueue(removal) }
        })
        let byAdministrator = await refusal(of: { () async throws(PostgresError) in
            try await tenant.world.administration.batch(tenant.scope) { $0.enqueue(removal) }
        })
        #expect((byServer, byAdministrator) == ("insufficientPrivilege", "invoice_customer"))
        #expect(try await tenant.getCustomer(asha.id) == asha)
    }

    @Test("who is to pay what a bank holds for them is not deleted")
    func pending() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        let customer = try #require(RecordID(asha.id))
        try await tenant.world.administration.batch(tenant.scope) { batch in
            batch.enqueue("SELECT set_config('session_replication_role', 'replica', true)")
            batch.enqueue(
                """
                INSERT INTO payment (
                    tenant_id, id, status, customer_id, currency, held, held_method, held_until, created_at, updated_at, created_by
                ) VALUES (
                    current_tenant(), \(LedgerTenant.newID()), 'pending', \(customer), 'INR', 100, 'upi', now() + interval '1 day', now(), now(), 'ada'
                )
                """)
        }
        #expect(await refusal { try await tenant.delete(asha.id) }?.reason == "LEGAL_HOLD")
    }

    @Test("who was merged is not deleted by itself, its survivor not while the old debt is open")
    func merged() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let (asha, old) = (try await tenant.customer(), try await tenant.customer("Asha D."))
        try await tenant.merge(old, into: asha)
        #expect(await refusal { try await tenant.delete(old.id) }?.reason == "PRECONDITION_FAILED")
        // A reversal of what was posted to the old one before.
        try await tenant.post(old.id, owed: 100, on: "2025-10-01")
        #expect(await refusal { try await tenant.delete(asha.id) }?.reason == "LEGAL_HOLD")
    }

    @Test("a version that is no longer there is not deleted")
    func etag() async throws {
        let tenant = try await BillingWorld.shared().tenant()
        let asha = try await tenant.customer()
        try await tenant.update(asha, "name") { $0.name = "Usha" }
        #expect(await refusal { try await tenant.delete(asha.id, etag: asha.etag) }?.reason == "ETAG_MISMATCH")
        #expect(await refusal { try await tenant.delete(asha.id, etag: "") }?.violatedFields == ["etag"])
        #expect(try await tenant.getCustomer(asha.id).anonymisedAt == nil)
    }
}
