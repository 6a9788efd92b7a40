public import LeadAPI
internal import Platform
internal import Postgres
public import RPC
internal import Resources

extension Leads {
    /// Each page is a short transaction of its own, and its connection is back in the pool before the first of its leads waits for
    /// the caller's window: a slow reader holds 500 leads in memory and nothing in the database. A snapshot holds both.
    public func exportLeads(_ request: ExportLeadsRequest, _ call: Call, _ replies: Outbound<Lead>) async throws {
        var violations = Violations()
        let criteria = violations.within("filter") { LeadCriteria(request.filter ?? LeadFilter(), &$0) }
        guard let criteria else { throw LeadError.invalid(violations.all) }

        if request.snapshot {
            guard call.deadline != nil else {
                throw LeadError.invalid("snapshot", "A snapshot needs a deadline: call with a timeout by which all leads are read.")
            }
            let everything: SQL = .leads(criteria, .oldestFirst, after: nil, limit: .max)
            return try await database.snapshot(Scope(call), everything, of: LeadRow.self, size: Limits.exportPage) { page in
                for row in page { try await replies.send(row.lead) }
            }
        }
        let pages = database.pages(Scope(call), of: LeadRow.self, size: Limits.exportPage) { last, limit in
            .leads(criteria, .oldestFirst, after: last.map { PagePosition(id: $0.id, score: $0.lead.score) }, limit: limit)
        }
        for try await page in pages {
            for row in page { try await replies.send(row.lead) }
        }
    }
}
