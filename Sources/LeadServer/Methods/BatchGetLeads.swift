public import LeadAPI
internal import Platform
internal import Postgres
public import RPC

extension Leads {
    public func batchGetLeads(_ request: BatchGetLeadsRequest, _ call: Call) async throws -> BatchGetLeadsReply {
        let ids = request.ids.compactMap { LeadID($0) }
        let rows = try await database.batch(call) { $0.all(.leads(ids), as: LeadRow.self) }
        let leads = Dictionary(rows.map { ($0.id, $0.lead) }, uniquingKeysWith: { first, _ in first })
        var reply = BatchGetLeadsReply()
        for id in ids {
            if let lead = leads[id] { reply.leads.append(lead) } else { reply.missingIDs.append(id.text) }
        }
        return reply
    }
}
