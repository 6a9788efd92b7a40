internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    func listMovements(_ request: ListMovementsRequest, _ call: Call) async throws -> ListMovementsReply {
        let page = try office.page(of: "movements", request, call)
        var criteria = try Self.range(request, now: office.clock.now())
        criteria.product = RecordID(request.productID)
        criteria.batch = RecordID(request.batchID)
        criteria.document = RecordID(request.documentID)
        criteria.kind = StockMovement.Kind(request.kind)
        let rows = try await office.database.batch(call) { [criteria] in
            $0.all(.movements(criteria, after: page.last, limit: page.limit), as: StockMovementRow.self)
        }
        var reply = ListMovementsReply()
        reply.movements = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows, \.id)
        return reply
    }

    private static func range(_ request: ListMovementsRequest, now: Instant) throws(BillingError) -> MovementCriteria {
        let widest = Int64(Limits.movementDays) * 86_400_000_000
        var violations = Violations()
        let from = request.from.map { Instant($0) }
        let before = request.before.map { Instant($0) }
        if let from, from == nil { violations.add("from", Instant.flaw) }
        if let before, before == nil { violations.add("before", Instant.flaw) }
        guard violations.isEmpty else { throw .invalid(violations.all) }
        // What is being moved at this very moment is in it.
        let end = before.flatMap { $0 } ?? Instant(unixMicroseconds: now.unixMicroseconds + 1_000_000)
        let start = from.flatMap { $0 } ?? Instant(unixMicroseconds: end.unixMicroseconds - widest)
        guard start <= end else { throw .invalid("from", "It is after the range's other end.") }
        guard end.unixMicroseconds - start.unixMicroseconds <= widest else { throw .dateRangeTooWide(days: Limits.movementDays) }
        return MovementCriteria(from: start, before: end)
    }

    func listBatches(_ request: ListBatchesRequest, _ call: Call) async throws -> ListBatchesReply {
        let page = try office.page(of: "batches", request, call) { BatchPosition($0) }
        let day = try CivilDate.reading(request.expiresBy, as: "expires_by")
        let rows = try await office.database.batch(call) {
            $0.all(
                .batches(of: RecordID(request.productID), expiringBy: day, after: page.last, limit: page.limit), as: ListedBatchRow.self)
        }
        var reply = ListBatchesReply()
        reply.batches = rows.prefix(page.size).map(\.message)
        reply.nextPageToken = page.next(rows) { BatchPosition(expires: $0.row.batch.expires, id: $0.row.batch.id).text }
        return reply
    }
}

extension BatchPosition {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = RecordID(String(parts[0])) else { return nil }
        self.init(expires: CivilDate(String(parts[1])), id: id)
    }

    fileprivate var text: String { "\(id) \(expires?.description ?? "")" }
}
