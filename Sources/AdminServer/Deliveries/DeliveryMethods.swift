public import AdminAPI
internal import Crypto
internal import Platform
internal import Postgres
internal import Protobuf
public import RPC
internal import Resources
internal import Senders

extension DeliveryAdministration: DeliveryService {
    public func listDeliveries(_ request: ListDeliveriesRequest, _ call: Call) async throws -> ListDeliveriesReply {
        var query = request
        query.pageSize = 0
        query.pageToken = ""
        let pages = PageToken(
            key: pageKey, tenant: call[Caller.self]?.tenant ?? "",
            query: Array("deliveries".utf8) + query.encoded(deterministic: true))
        var last: UUIDv7?
        if !request.pageToken.isEmpty {
            last = pages.open(request.pageToken)
            if last == nil { throw AdminError.pageTokenInvalid }
        }
        let size = request.pageSize == 0 ? Limits.pageSizeDefault : Int(request.pageSize)
        // One more than the page holds tells whether there is another page.
        let rows = try await deliveries.list(
            DeliveryQuery(state: request.state.state, recipient: request.recipient.isEmpty ? nil : request.recipient), after: last,
            limit: size + 1, Scope(call))
        let shown = rows.prefix(size)
        var reply = ListDeliveriesReply()
        reply.deliveries = shown.map { AdminAPI.DeliveryRecord($0) }
        if rows.count > size, let last = shown.last { reply.nextPageToken = pages.seal(last.id) }
        return reply
    }

    public func getDelivery(_ request: GetDeliveryRequest, _ call: Call) async throws -> AdminAPI.DeliveryRecord {
        AdminAPI.DeliveryRecord(try await found(request.id, call))
    }

    public func resolveDelivery(_ request: ResolveDeliveryRequest, _ call: Call) async throws -> AdminAPI.DeliveryRecord {
        let record = try await found(request.id, call)
        let resolution: Senders.DeliveryResolution
        switch request.resolution {
        case .accepted: resolution = .accepted
        case .refused: resolution = .refused
        case .sendAgain: resolution = .sendAgain
        default: throw AdminError.invalid(field: "resolution", "This server does not know it.")
        }
        guard record.state == .unknown else { throw AdminError.deliveryKnown(id: request.id, state: record.state.rawValue) }
        // Of two who say so at the same time, the database takes the first one's word.
        let isResolved = try await OutboundJobs.resolve(
            record, as: resolution, by: call[Caller.self]?.name ?? "", deliveries, Scope(call))
        let now = try await found(request.id, call)
        guard isResolved else { throw AdminError.deliveryKnown(id: request.id, state: now.state.rawValue) }
        return AdminAPI.DeliveryRecord(now)
    }

    /// Ours are of version 7: of another UUID there is no message.
    private func found(_ id: String, _ call: Call) async throws -> Senders.DeliveryRecord {
        guard let known = UUIDv7(id), let record = try await deliveries.record(known, Scope(call)) else {
            throw AdminError.deliveryNotFound(id: id)
        }
        return record
    }
}
