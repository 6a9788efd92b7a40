import LeadAPI
import Platform
import Postgres
import RPC
import TestSupport
import Testing

@testable import LeadServer

@Suite("A call that waits for another transaction")
struct WaitingTests {
    /// Runs `call` while a transaction holds a change of the lead back, and lets the change go through once the call waits for it.
    private func outcome(
        of call: @escaping @Sendable (Tenant, Lead) async throws -> Void
    ) async throws -> (reason: String?, tenant: Tenant, lead: Lead) {
        // A world of its own, so that whoever waits for a lock in it is this call.
        let world = try await LeadWorld(TestCluster.shared())
        let tenant = world.tenant()
        let lead = try await tenant.create(.ada)
        let task = try await world.administration.transaction(tenant.scope) { transaction in
            try await transaction.execute("UPDATE lead SET version = version + 1, notes = 'first' WHERE tenant_id = current_tenant()")
            let task = Task { await refusal { try await call(tenant, lead) }?.reason }
            while try await transaction.one("SELECT count(*) FROM pg_locks WHERE NOT granted", as: Int.self) == 0 {}
            return task
        }
        return (await task.value, tenant, lead)
    }

    @Test("A deletion decides by what the change that it waited for has left")
    func deletion() async throws {
        let stale = try await outcome { tenant, lead in try await tenant.delete(lead.id, etag: lead.etag) }
        #expect(stale.reason == "ETAG_MISMATCH")
        #expect(try await stale.tenant.get(stale.lead.id).notes == "first")
        let any = try await outcome { tenant, lead in try await tenant.delete(lead.id, etag: "*") }
        #expect(any.reason == nil)
        #expect(await refusal { try await any.tenant.get(any.lead.id) }?.code == .notFound)
    }

    @Test("An update decides by what the change that it waited for has left, and does not undo it")
    func update() async throws {
        let stale = try await outcome { tenant, lead in _ = try await tenant.update(lead, ["company"]) }
        #expect(stale.reason == "ETAG_MISMATCH")
        let any = try await outcome { tenant, lead in
            var change = lead
            change.company = "second"
            _ = try await tenant.update(change, ["company"], etag: "*")
        }
        #expect(any.reason == nil)
        let lead = try await any.tenant.get(any.lead.id)
        #expect(lead.notes == "first")
        #expect(lead.company == "second")
        #expect(lead.etag == "v3")
    }
}
