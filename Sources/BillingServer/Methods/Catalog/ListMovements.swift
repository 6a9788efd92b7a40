internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    func listMovements(_ request: ListMovementsRequest, _ call: Call) async throws -> ListMovementsReply {
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let pages = office.pages(of: "movements", query, call)
        let last = try position(request.pageToken, pages)
        let size = Self.size(request.pageSize)
        var criteria = try Self.range(request, now: office.clock.now())
        criteria.product = RecordID(request.productID)
        criteria.batch = RecordID(request.batchID)
        criteria.document = RecordID(request.documentID)
        criteria.kind = StockMovement.Kind(request.kind)
        let rows = try await office.database.batch(call) { [criteria] in
            $0.all(.movements(criteria, after: last, limit: size + 1), as: StockMovementRow.self)
        }
        var reply = ListMovementsReply()
        reply.movements = rows.prefix(size).map(\.message)
        if rows.count > size, let last = rows.prefix(size).last { reply.nextPageToken = pages.seal(last.id.description) }
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
        var query = request
        (query.pageSize, query.pageToken) = (0, "")
        let pages = office.pages(of: "batches", query, call)
        let last = try batchPosition(request.pageToken, pages)
        let day = try Self.day("expires_by", request.expiresBy)
        let size = Self.size(request.pageSize)
        let rows = try await office.database.batch(call) {
            $0.all(
                .batches(of: RecordID(request.productID), expiringBy: day, after: last, limit: size + 1), as: ListedBatchRow.self)
        }
        var reply = ListBatchesReply()
        reply.batches = rows.prefix(size).map(\.message)
        if rows.count > size, let last = rows.prefix(size).last?.row.batch {
            reply.nextPageToken = pages.seal("\(last.id) \(last.expires?.description ?? "")")
        }
        return reply
    }

    private func batchPosition(_ token: String, _ pages: PageToken) throws(BillingError) -> BatchPosition? {
        guard !token.isEmpty else { return nil }
        let parts = pages.openText(token)?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, let id = RecordID(String(parts[0])) else { throw .pageTokenInvalid }
        return BatchPosition(expires: CivilDate(String(parts[1])), id: id)
    }
}
