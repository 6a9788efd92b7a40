internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension PlanDesk {
    func getMeeting(_ request: GetMeetingRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        let id = try record(request.id, of: .meeting)
        let row: MeetingRow? = try await office.database.batch(Scope(call)) { $0.optional(.meeting(id)) }
        guard let row else { throw BillingError.notFound(.meeting, id: request.id) }
        return row.message
    }

    func listMeetings(_ request: ListMeetingsRequest, _ call: Call) async throws -> BillingAPI.ListMeetingsReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let page = try Page<RecordID>(
            request.pageSize, request.pageToken, office.pages(of: "meetings", query, call), read: { RecordID($0) })
        let rows: [MeetingRow] = try await office.database.batch(Scope(call)) {
            $0.all(
                .newestMeetings(
                    of: RecordID(request.subscriptionID), FeeStatus(request.status), before: page.last, limit: page.size + 1))
        }
        var reply = ListMeetingsReply()
        reply.meetings = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows) { $0.id.description }
        return reply
    }

    func accruedFees(_ request: AccruedFeesRequest, _ call: Call) async throws -> BillingAPI.AccruedFeesReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let page = try Page<RecordID>(
            request.pageSize, request.pageToken, office.pages(of: "accrued fees", query, call), read: { RecordID($0) })
        let rows: [AccruedRow] = try await office.database.batch(Scope(call)) {
            $0.all(.accruedFees(of: RecordID(request.customerID), after: page.last, limit: page.size + 1))
        }
        var reply = AccruedFeesReply()
        reply.accrued = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows) { $0.subscription.description }
        return reply
    }
}
