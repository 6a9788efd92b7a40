import LeadAPI
import Net
import Platform
import Postgres
import RPC
import TestSupport
import Testing

@Suite("PostgreSQL goes away")
struct DatabaseLossTests {
    @Test("Calls are UNAVAILABLE while PostgreSQL is down, say nothing of its inside, and work again afterwards")
    func stopped() async throws {
        let cluster = try await TestCluster.start()
        let tenant = try await LeadWorld(cluster).tenant()
        let lead = try await tenant.create(.ada)
        try await cluster.stop()
        let refusals = [
            await refusal { try await tenant.get(lead.id) }, await refusal { try await tenant.create(.numbered(1)) },
            await refusal { try await tenant.update(lead, ["notes"]) }, await refusal { try await tenant.list() },
            await refusal { try await tenant.importLeads("import-1", [.numbered(2)]) }, await refusal { try await tenant.export() },
        ]
        for error in refusals {
            #expect(error?.code == .unavailable)
            #expect(error?.reason == "DB_UNAVAILABLE")
            #expect(error?.message.contains("socket") == false)
        }
        try await cluster.restart()
        #expect(try await whenAvailable { try await tenant.get(lead.id) } == lead)
        #expect(try await whenAvailable { try await tenant.export() } == [lead])
        try await cluster.stop()
    }

    /// Does as the error says and tries again: a connection that failed is not tried anew at once.
    private func whenAvailable<Result>(_ call: () async throws -> Result) async throws -> Result {
        let deadline = MonotonicTime.now() + .seconds(120)
        while true {
            do {
                return try await call()
            } catch let error as RPCError where error.code == .unavailable && .now() < deadline {
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
