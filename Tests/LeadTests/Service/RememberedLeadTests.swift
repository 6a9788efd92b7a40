import LeadAPI
import LeadServer
import Net
import Platform
import Postgres
import RPC
import StandardTypes
import TestSupport
import Testing

/// GetLead for callers who say how old a reply may be.
@Suite struct RememberedLeadTests {
    private static func get(_ tenant: Tenant, _ id: String, maxAge seconds: Int64 = 60) async throws(RPCError) -> Lead {
        var request = GetLeadRequest()
        request.id = id
        request.maxAge = StandardTypes.Duration()
        request.maxAge?.seconds = seconds
        return try await tenant.client.getLead(request, tenant.options())
    }

    @Test("E16 · E23 · a lead is read once for those who take a remembered one, until the outbox tells of its change")
    func remembered() async throws {
        let world = try await LeadWorld(TestCluster.shared(), loops: 1)
        let loop = try EventLoop(name: "outbox")
        defer { loop.shutdown() }
        let outbox = Outbox(world.connections, on: loop, log: Log(minimum: .error))
        let service = world.service
        service.follow(outbox.feed)
        outbox.start()
        let tenant = world.tenant()
        let lead = try await tenant.create(.numbered(1))
        // The feed may begin in between, and everything is forgotten then.
        try await eventually("a remembered lead is given") {
            let hits = service.rememberedStatistics.hits
            _ = try await Self.get(tenant, lead.id)
            _ = try await Self.get(tenant, lead.id)
            return service.rememberedStatistics.hits > hits
        }
        var changed = lead
        changed.notes = "changed"
        let updated = try await tenant.update(changed, ["notes"])
        #expect(try await tenant.get(lead.id) == updated, "who takes none gets what is committed")
        #expect(try await Self.get(tenant, lead.id, maxAge: 0) == updated)
        try await eventually("the change is heard of") { try await Self.get(tenant, lead.id).etag == updated.etag }
        _ = try await tenant.importLeads("remembered-1", [.numbered(1) { $0.notes = "imported" }], onConflict: .update)
        try await eventually("the import is heard of") { try await Self.get(tenant, lead.id).notes == "imported" }
        try await tenant.delete(lead.id, etag: "*")
        try await eventually("the deletion is heard of") {
            do throws(RPCError) {
                _ = try await Self.get(tenant, lead.id)
                return false
            } catch {
                return error.code == .notFound
            }
        }
        await outbox.stop()
    }

    @Test("E16 · R8 · what is remembered of one tenant is nothing to another, and what is asked for beyond a minute is refused")
    func apart() async throws {
        let world = try await LeadWorld.shared()
        let (tenant, other) = (world.tenant(), world.tenant())
        let lead = try await tenant.create(.numbered(1))
        _ = try await Self.get(tenant, lead.id)
        await #expect(throws: RPCError.self) { try await Self.get(other, lead.id) }
        #expect(try await Self.get(tenant, lead.id) == lead)
        await #expect(throws: RPCError.self) { try await Self.get(tenant, lead.id, maxAge: 61) }
    }
}
