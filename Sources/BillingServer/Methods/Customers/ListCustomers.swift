internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Customers {
    func listCustomers(_ request: ListCustomersRequest, _ call: Call) async throws -> ListCustomersReply {
        let criteria = try CustomerCriteria(request)
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let pages = office.pages(of: "customers", query, call)
        let last = try Self.last(request.pageToken, pages)
        let size = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        // One more than the page holds tells whether there is another page.
        let rows: [CustomerRow] = try await office.database.batch(call) { $0.all(.customers(criteria, after: last, limit: size + 1)) }
        var reply = ListCustomersReply()
        reply.customers = rows.prefix(size).map(\.message)
        if rows.count > size, let last = rows.prefix(size).last { reply.nextPageToken = pages.seal(last.id.description) }
        return reply
    }

    /// The id behind which a page begins; nil for the first one.
    ///
    /// - Throws: `pageTokenInvalid`.
    static func last(_ token: String, _ pages: PageToken) throws(BillingError) -> RecordID? {
        guard !token.isEmpty else { return nil }
        guard let last = pages.openText(token).flatMap({ RecordID($0) }) else { throw .pageTokenInvalid }
        return last
    }
}
