import BillingAPI
import Platform
import Postgres
import Protobuf
import RPC
import Resources
import StandardTypes
import TestSupport
import Testing

@testable import BillingServer

@Suite("What is over is noted")
struct ExpiryTests {
    /// The tenant's jobs, as many seconds later.
    private func office(_ tenant: BillingTenant, later seconds: Int64) throws -> Office {
        let end = tenant.world.office.clock.now().unixMicroseconds + seconds * 1_000_000
        return Office(
            database: tenant.world.connections, secret: try #require(ServerSecret(Array(0..<32))),
            clock: BillingClock(unixNanoseconds: { end * 1_000 }, random: BillingClock.system.random), mailbox: nil)
    }

    private func status(_ id: RecordID, of table: SQL, _ tenant: BillingTenant) async throws -> String {
        try await tenant.world.administration.batch(tenant.scope) {
            $0.one("SELECT status || ' ' || version FROM \(table) WHERE tenant_id = current_tenant() AND id = \(id)")
        }
    }

    private func waiting(_ kind: String, _ tenant: BillingTenant) async throws -> Int {
        try await tenant.count("SELECT count(*) FROM job WHERE tenant_id = current_tenant() AND kind = \(kind)")
    }

    @Test("a proforma is expired behind its last moment, once; a job waits for it from its own commit on")
    func proforma() async throws {
        let desk = try await InvoiceDesk()
        let tenant = desk.tenant
        func propose() async throws -> RecordID {
            let request = CreateProformaRequest.with { ($0.invoice, $0.validDays) = (desk.content(), 1) }
            return try #require(
                RecordID(try await desk.invoices.createProforma(request, tenant.options(key: BillingTenant.newKey())).id))
        }
        let (id, other) = (try await propose(), try await propose())
        #expect(try await waiting("billing.expire_proforma", tenant) == 2)
        let early = try #require(try await office(tenant, later: 86_000).expireProforma(id, tenant.jobScope))
        #expect(early > .seconds(300) && early < .seconds(401))
        #expect(try await status(id, of: "invoice", tenant) == "proforma 1")
        for _ in 0..<2 {
            #expect(try await office(tenant, later: 86_500).expireProforma(id, tenant.jobScope) == nil)
            #expect(try await status(id, of: "invoice", tenant) == "expired 2")
        }
        func convert(_ id: RecordID) async throws(RPCError) -> Invoice {
            try await desk.invoices.convertProforma(.with { $0.id = id.description }, tenant.options(key: BillingTenant.newKey()))
        }
        let refused = await refusal { try await convert(id) }
        #expect(refused?.reason == "PRECONDITION_FAILED" && refused?.message == BillingError.proformaExpired.description)
        // What was converted is no proforma any more.
        _ = try await convert(other)
        #expect(try await office(tenant, later: 86_500).expireProforma(other, tenant.jobScope) == nil)
        #expect(try await status(other, of: "invoice", tenant) == "converted 2")
        // Nor is another tenant's.
        let stranger = try await BillingTenant.selling()
        let third = try await propose()
        #expect(try await office(tenant, later: 86_500).expireProforma(third, stranger.jobScope) == nil)
        #expect(try await status(third, of: "invoice", tenant) == "proforma 1")
    }

    @Test("a hold is expired from its last moment on, once; one that was captured stays so")
    func hold() async throws {
        let tenant = try await BillingTenant.selling()
        let customer = try await tenant.newCustomer()
        let until = tenant.world.office.clock.now().unixMicroseconds / 1_000_000 + 1_000
        func authorize() async throws -> BillingAPI.Payment {
            try await tenant.payments.authorizePayment(
                .with {
                    ($0.customerID, $0.method, $0.amount) = (customer.description, .upi, BillingAPI.Money(100, .inr))
                    $0.expiresAt = .with { $0.seconds = until }
                }, tenant.options(key: BillingTenant.newKey()))
        }
        let (held, captured) = (try await authorize(), try await authorize())
        let (id, other) = (try #require(RecordID(held.id)), try #require(RecordID(captured.id)))
        _ = try await tenant.payments.capturePayment(.with { $0.id = captured.id }, tenant.options(key: BillingTenant.newKey()))
        #expect(try await waiting("billing.expire_hold", tenant) == 2)
        #expect(try #require(try await office(tenant, later: 500).expireHold(id, tenant.jobScope)) < .seconds(501))
        #expect(try await status(id, of: "payment", tenant) == "pending 1")
        for _ in 0..<2 {
            #expect(try await office(tenant, later: 1_001).expireHold(id, tenant.jobScope) == nil)
            #expect(try await status(id, of: "payment", tenant) == "expired 2")
        }
        #expect(try await office(tenant, later: 1_001).expireHold(other, tenant.jobScope) == nil)
        #expect(try await status(other, of: "payment", tenant) == "completed 2")
    }
}
