internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Catalog {
    /// Reads a page at a time and holds nothing of the database while a message waits for the caller's window. It goes on until the caller or the
    /// caller's token ends.
    func watchLowStock(_ request: WatchLowStockRequest, _ call: Call, _ replies: Outbound<WatchLowStockReply>) async throws {
        var scope = Scope(call)
        // A stream has no time by which a look has to be over; the longest statement still has one.
        scope.deadline = nil
        var known: Set<RecordID> = []
        var look = 0
        while true {
            let began = office.clock.now()
            if look % Limits.lowStockLooks == 0 {
                known = try await tellAll(but: known, scope, replies)
                if look == 0 {
                    let count = Int64(known.count)
                    try await replies.send(.with { $0.news = .listed(.with { $0.count = count }) })
                }
            }
            look += 1
            try await Task.sleep(for: Limits.lowStockPoll)
            let since = Instant(unixMicroseconds: began.unixMicroseconds - Limits.lowStockLookBackSeconds * 1_000_000)
            let rows = try await office.database.batch(scope) { $0.all(.changedStock(since: since), as: StockLevelRow.self) }
            for row in rows {
                guard row.isLow else {
                    known.remove(row.product)
                    continue
                }
                if known.insert(row.product).inserted { try await replies.send(row.news) }
            }
        }
    }

    /// - Returns: all that are low now.
    private func tellAll(
        but known: Set<RecordID>, _ scope: Scope, _ replies: Outbound<WatchLowStockReply>
    ) async throws -> Set<RecordID> {
        var low: Set<RecordID> = []
        let now = office.clock.now()
        let pages = office.database.pages(scope, of: StockLevelRow.self, size: Limits.lowStockPage) { last, limit in
            .lowStock(soldSince: now, after: last?.product, limit: limit)
        }
        for try await page in pages {
            for row in page {
                guard low.count < Limits.lowStockProducts else {
                    throw BillingError.lowStockTooLong(limit: Limits.lowStockProducts)
                }
                if low.insert(row.product).inserted, !known.contains(row.product) { try await replies.send(row.news) }
            }
        }
        return low
    }
}

extension StockLevelRow {
    fileprivate var news: WatchLowStockReply {
        .with {
            $0.news = .low(
                .with {
                    $0.productID = product.description
                    $0.name = name
                    $0.onHand = BillingAPI.Quantity(onHand, of: unit)
                    $0.minimumStock = BillingAPI.Quantity(minimum, of: unit)
                })
        }
    }
}
