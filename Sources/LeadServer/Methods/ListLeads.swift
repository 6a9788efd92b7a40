public import LeadAPI
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources

extension Leads {
    public func listLeads(_ request: ListLeadsRequest, _ call: Call) async throws -> ListLeadsReply {
        var violations = Violations()
        let criteria = violations.within("filter") { LeadCriteria(request.filter ?? LeadFilter(), &$0) }
        let pageSize = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        guard let criteria else { throw LeadError.invalid(violations.all) }
        let binding = PageBinding(tenant: call[Caller.self]?.tenant ?? "", query: Self.query(of: request))
        var position: PagePosition?
        if !request.pageToken.isEmpty {
            position = PageToken.open(request.pageToken, for: binding, key: pageKey)
            if position == nil { throw LeadError.pageTokenInvalid }
        }

        // One lead more than the page holds tells whether there is another page.
        let rows = try await database.batch(call) {
            $0.all(.leads(criteria, request.orderBy, after: position, limit: pageSize + 1), as: LeadRow.self)
        }
        var reply = ListLeadsReply()
        reply.leads = rows.prefix(pageSize).map(\.lead)
        if rows.count > pageSize, let last = rows.prefix(pageSize).last {
            reply.nextPageToken = PageToken.seal(PagePosition(id: last.id, score: last.lead.score), for: binding, key: pageKey)
        }
        return reply
    }

    /// What a page token is bound to: the request without what may differ from page to page.
    private static func query(of request: ListLeadsRequest) -> [UInt8] {
        var query = request
        query.pageSize = 0
        query.pageToken = ""
        return query.encoded(deterministic: true)
    }
}
