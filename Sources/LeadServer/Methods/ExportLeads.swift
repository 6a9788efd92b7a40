public import LeadAPI
internal import Platform
internal import Postgres
public import RPC

extension Leads {
    /// Each page is a short transaction of its own, and its connection is back in the pool before the first of its leads waits for
    /// the caller's window: a slow reader holds 500 leads in memory and nothing in the database.
    public func exportLeads(_ request: ExportLeadsRequest, _ call: Call, _ replies: Outbound<Lead>) async throws {
        var violations = Violations()
        let criteria = violations.within("filter") { LeadCriteria(request.filter ?? LeadFilter(), &$0) }
        guard let criteria else { throw LeadError.invalid(violations.all) }

        var position: PagePosition?
        while true {
            let rows = try await database.batch(call) {
                $0.all(.leads(criteria, .oldestFirst, after: position, limit: Limits.exportPage), as: LeadRow.self)
            }
            for row in rows { try await replies.send(row.lead) }
            guard rows.count == Limits.exportPage, let last = rows.last else { return }
            position = PagePosition(id: last.id, score: last.lead.score)
        }
    }
}
