public import LeadAPI
internal import Platform
internal import Postgres
public import RPC

extension Leads {
    public func batchGetLeads(_ request: BatchGetLeadsRequest, _ call: Call) async throws -> BatchGetLeadsReply {
        var violations = Violations()
        if request.ids.isEmpty { violations.add("ids", "It is required: name 1 to \(Limits.batchGet) leads.") }
        if request.ids.count > Limits.batchGet { violations.add("ids", "There are more than \(Limits.batchGet) of them.") }
        var ids: [LeadID] = []
        for (position, text) in request.ids.prefix(Limits.batchGet).enumerated() {
            if let id = LeadID(text) { ids.append(id) } else { violations.add("ids[\(position)]", LeadID.flaw) }
        }
        guard violations.isEmpty else { throw LeadError.invalid(violations.all) }

        let rows = try await database.batch(call) { $0.all(.leads(ids), as: LeadRow.self) }
        let leads = Dictionary(rows.map { ($0.id, $0.lead) }, uniquingKeysWith: { first, _ in first })
        var reply = BatchGetLeadsReply()
        for id in ids {
            if let lead = leads[id] { reply.leads.append(lead) } else { reply.missingIDs.append(id.text) }
        }
        return reply
    }
}
