internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Customers {
    func listCustomers(_ request: ListCustomersRequest, _ call: Call) async throws -> ListCustomersReply {
        let criteria = try CustomerCriteria(request)
        let page = try office.page(of: "customers", request, call)
        let rows: [CustomerRow] = try await office.database.batch(call) {
            $0.all(.customers(criteria, after: page.last, limit: page.limit))
        }
        var reply = ListCustomersReply()
        reply.customers = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }
}
