internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    func adjustStock(_ request: AdjustStockRequest, _ call: Call) async throws -> StockDocument {
        let key = try IdempotencyKey(call)
        let adjustment = try StockAdjustment(request)
        do {
            return try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let (seller, products): (SellerRow?, [ProductRow]) = try await transaction.batch {
                    ($0.optional(.seller), $0.all(.products([adjustment.product])))
                }
                let product = try StockProducts(products).stocked(adjustment.product, unit: adjustment.unit, "change.unit")
                if let cost = adjustment.cost, cost.currency != product.currency {
                    throw BillingError.currencyMismatch(expected: product.currency, found: cost.currency)
                }
                var rows: [StockBatchRow] =
                    if let batch = adjustment.batch {
                        try await transaction.all(.lockBatch(batch, of: product.id))
                    } else {
                        try await transaction.all(.lockStock(of: [product.id]))
                    }
                var batches = rows.map(\.batch)
                let today = try today(seller)
                let parts = try adjustment.apply(to: &batches, on: today, newBatch: office.clock.newID())
                let value = try parts.reduce(Int64(0)) { (sum, part) throws(BillingError) in try sum.plus(part.value) }
                let document = Posting.Document(kind: .stockMovement, id: office.clock.newID())
                let posting = try Journal.adjusted(value, in: product.currency).map {
                    Posting(
                        id: office.clock.newID(), journal: $0, effectiveOn: today, document: document, postedBy: name(of: call),
                        description: adjustment.reason)
                }
                if let found = batches.first(where: { batch in !rows.contains { $0.batch.id == batch.id } }) {
                    rows.append(StockBatchRow(product: product.id, lot: "", batch: found))
                    transaction.enqueue(.insertBatches(rows.suffix(1)))
                    try await demandRoom(for: [product.id: adjustment.change], transaction)
                } else if adjustment.change.milli > 0 {
                    try await demandRoom(for: [product.id: adjustment.change], transaction)
                }
                let change = StockChange(
                    kind: adjustment.kind,
                    movements: parts.map {
                        StockMovement(id: office.clock.newID(), batch: $0.batch, quantity: $0.quantity, value: $0.value)
                    }, document: document, journal: posting?.id, reason: adjustment.reason, movedBy: name(of: call),
                    movedAt: office.clock.now())
                if let posting { transaction.enqueue(.postJournal(posting)) }
                transaction.enqueue(.moveStock(change))
                return stockDocument(
                    change, on: today,
                    batches: batches.map { batch in
                        (batch, rows.first { $0.batch.id == batch.id }?.lot ?? "", product)
                    })
            }
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        }
    }

    /// - Throws: `invalid` where so much more of a product would not fit into what can be counted.
    func demandRoom(for coming: [RecordID: Quantity], _ transaction: borrowing Transaction) async throws {
        let held: [OnHandRow] = try await transaction.all(.stockOnHand(of: coming.keys.sorted()))
        for row in held {
            let sum = try row.quantity.adding(coming[row.product] ?? .zero)
            guard sum.milli <= Limits.stockOnHandMilli else { throw BillingError.amountOutOfRange }
        }
    }

    /// What a receipt or an adjustment answers: its movements, each with what was left after it, and the batches that they changed.
    ///
    /// - Parameter batches: as they are afterwards.
    func stockDocument(
        _ change: StockChange, on day: CivilDate, batches: [(batch: StockBatch, lot: String, product: ProductRow)]
    ) -> StockDocument {
        var document = StockDocument()
        document.id = change.document.id.description
        document.effectiveOn = day.description
        document.journalID = change.journal?.description ?? ""
        for movement in change.movements {
            // Each batch has one movement here.
            guard let (batch, lot, product) = batches.first(where: { $0.batch.id == movement.batch }) else { continue }
            document.movements.append(BillingAPI.StockMovement(movement, in: change, of: product, onHand: batch.onHand))
            document.batches.append(BillingAPI.StockBatch(batch, lot: lot, of: product))
        }
        return document
    }
}
