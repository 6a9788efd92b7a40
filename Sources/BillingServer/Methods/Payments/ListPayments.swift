internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Payments {
    func listPayments(_ request: ListPaymentsRequest, _ call: Call) async throws -> ListPaymentsReply {
        let page = try office.page(of: "payments", request, call)
        let now = office.clock.now()
        let rows = try await office.database.batch(call) {
            $0.all(
                .payments(of: RecordID(request.customerID), PaymentStatus(request.status), at: now, before: page.last, limit: page.limit),
                as: PaymentRow.self)
        }
        var reply = ListPaymentsReply()
        reply.payments = rows.prefix(page.size).map { $0.message(at: now) }
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }

    func listUnmatched(_ request: ListUnmatchedRequest, _ call: Call) async throws -> ListUnmatchedReply {
        let page = try office.page(of: "unmatched receipts", request, call)
        let rows = try await office.database.batch(call) {
            $0.all(.unmatchedReceipts(after: page.last, limit: page.limit), as: ReceiptRow.self)
        }
        var reply = ListUnmatchedReply()
        reply.receipts = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }
}
