internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension PlanDesk {
    func getMeeting(_ request: GetMeetingRequest, _ call: Call) async throws -> BillingAPI.Meeting {
        let id = try RecordID(reading: request.id, as: "id")
        let row: MeetingRow? = try await office.database.batch(Scope(call)) { $0.optional(.meeting(id)) }
        guard let row else { throw BillingError.notFound(.meeting, id: request.id) }
        return row.message
    }

    func listMeetings(_ request: ListMeetingsRequest, _ call: Call) async throws -> BillingAPI.ListMeetingsReply {
        let page = try office.page(of: "meetings", request, call)
        let rows: [MeetingRow] = try await office.database.batch(Scope(call)) {
            $0.all(
                .newestMeetings(
                    of: RecordID(request.subscriptionID), FeeStatus(request.status), before: page.last, limit: page.limit))
        }
        var reply = ListMeetingsReply()
        reply.meetings = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }

    func accruedFees(_ request: AccruedFeesRequest, _ call: Call) async throws -> BillingAPI.AccruedFeesReply {
        let page = try office.page(of: "accrued fees", request, call)
        let rows: [AccruedRow] = try await office.database.batch(Scope(call)) {
            $0.all(.accruedFees(of: RecordID(request.customerID), after: page.last, limit: page.limit))
        }
        var reply = AccruedFeesReply()
        reply.accrued = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.subscription)
        return reply
    }
}
