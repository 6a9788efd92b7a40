internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Payments {
    func listPayments(_ request: ListPaymentsRequest, _ call: Call) async throws -> ListPaymentsReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let pages = office.pages(of: "ListPayments", query, call)
        let (last, size) = try page(request.pageToken, request.pageSize, of: pages)
        let now = office.clock.now()
        let rows = try await office.database.batch(call) {
            $0.all(
                .payments(of: RecordID(request.customerID), PaymentStatus(request.status), at: now, before: last, limit: size + 1),
                as: PaymentRow.self)
        }
        var reply = ListPaymentsReply()
        reply.payments = rows.prefix(size).map { $0.message(at: now) }
        if rows.count > size, let id = rows.prefix(size).last?.id { reply.nextPageToken = pages.seal(id.description) }
        return reply
    }

    func listUnmatched(_ request: ListUnmatchedRequest, _ call: Call) async throws -> ListUnmatchedReply {
        let pages = office.pages(of: "ListUnmatched", ListUnmatchedRequest(), call)
        let (last, size) = try page(request.pageToken, request.pageSize, of: pages)
        let rows = try await office.database.batch(call) {
            $0.all(.unmatchedReceipts(after: last, limit: size + 1), as: ReceiptRow.self)
        }
        var reply = ListUnmatchedReply()
        reply.receipts = rows.prefix(size).map(\.message)
        if rows.count > size, let id = rows.prefix(size).last?.id { reply.nextPageToken = pages.seal(id.description) }
        return reply
    }

    /// One row more than the page holds tells whether there is another page.
    ///
    /// - Throws: `pageTokenInvalid`.
    private func page(_ token: String, _ size: Int32, of pages: PageToken) throws(BillingError) -> (last: RecordID?, size: Int) {
        let size = size == 0 ? Limits.pageSizeDefault : Int(size)
        guard !token.isEmpty else { return (nil, size) }
        guard let last = pages.openText(token).flatMap({ RecordID($0) }) else { throw .pageTokenInvalid }
        return (last, size)
    }
}
