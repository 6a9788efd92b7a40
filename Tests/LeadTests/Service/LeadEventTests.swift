import LeadAPI
import Postgres
import Protobuf
import RPC
import Testing

@testable import LeadServer

@Suite("What others are told of leads")
struct LeadEventTests {
    @Test("R1 · every change tells of itself once, in its own commit, and what was refused tells nothing")
    func events() async throws {
        let tenant = try await LeadWorld.shared().tenant()
        let key = Tenant.newKey()
        let lead = try await tenant.create(.numbered(1), key: key)
        _ = try await tenant.create(.numbered(1), key: key)
        #expect(await refusal { try await tenant.create(.numbered(1)) }?.code == .alreadyExists)
        var changed = lead
        changed.company = "Vassar"
        #expect(await refusal { try await tenant.update(changed, ["company"], etag: "v7") } != nil)
        changed = try await tenant.update(changed, ["company"], etag: lead.etag)
        #expect(await refusal { try await tenant.delete(lead.id, etag: lead.etag) }?.code == .aborted)
        try await tenant.delete(lead.id, etag: changed.etag)
        _ = try await tenant.importLeads("import-1", [.numbered(2), .numbered(3) { $0.email = "nobody" }])

        let told = try await tenant.told()
        #expect(
            told.map(\.topic) == ["LeadCreated", "LeadUpdated", "LeadDeleted", "LeadsImported"].map { "switchboard.lead.v1.\($0)" })
        #expect(told.map(\.subject) == [lead.id, lead.id, lead.id, "import-1"])
        #expect(try told.map(\.payload).first.map { try LeadCreated(decoding: $0).leadID } == lead.id)
        #expect(try LeadUpdated(decoding: told[1].payload).version == 2)
        let imported = try LeadsImported(decoding: told[3].payload)
        #expect(imported.firstRow == 1)
        #expect(imported.rowCount == 2)
    }
}

private struct Told: RowDecodable {
    let topic: String
    let subject: String
    let payload: [UInt8]

    init(row: Row) throws(PostgresError) {
        topic = try row["topic"]
        subject = try row["subject"]
        payload = try row["payload"]
    }
}

extension Tenant {
    fileprivate func told() async throws -> [Told] {
        try await world.administration.batch(Scope(tenant: nil, caller: "test", requestID: "test")) {
            $0.all("SELECT topic, subject, payload FROM outbox WHERE tenant_id = \(name) ORDER BY xid, number")
        }
    }
}
