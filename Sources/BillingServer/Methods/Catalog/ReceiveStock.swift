internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    func receiveStock(_ request: ReceiveStockRequest, _ call: Call) async throws -> StockDocument {
        let key = try IdempotencyKey(call)
        let receipt = try StockReceipt(request)
        do {
            return try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let (seller, rows): (SellerRow?, [ProductRow]) = try await transaction.batch {
                    ($0.optional(.seller), $0.all(.products(receipt.products)))
                }
                let (today, products) = (try today(seller), StockProducts(rows))
                let receivedOn = receipt.receivedOn ?? today
                try receipt.check(receivedOn: receivedOn, today: today)

                var batches: [(row: StockBatchRow, product: ProductRow)] = []
                var coming: [RecordID: Quantity] = [:]
                for (position, item) in receipt.items.enumerated() {
                    let product = try products.sold(item.product, unit: item.unit, "items[\(position)].quantity.unit")
                    let cost = try item.cost.minorUnits(in: product.currency)
                    let batch = try StockBatch(
                        id: office.clock.newID(), expires: item.expires, received: receivedOn, onHand: item.quantity, value: cost)
                    batches.append((StockBatchRow(product: product.id, lot: item.lot, batch: batch), product))
                    coming[product.id] = try (coming[product.id] ?? .zero).adding(item.quantity)
                }
                try await demandRoom(for: coming, transaction)
                let document = Posting.Document(kind: .stockMovement, id: office.clock.newID())
                let posting = try Journal.received(receipt.items.map(\.cost), from: receipt.source).map {
                    Posting(
                        id: office.clock.newID(), journal: $0, effectiveOn: receivedOn, document: document, postedBy: name(of: call),
                        description: receipt.reference)
                }
                let change = StockChange(
                    kind: .purchase,
                    movements: batches.map {
                        StockMovement(
                            id: office.clock.newID(), batch: $0.row.batch.id, quantity: $0.row.batch.onHand, value: $0.row.batch.value)
                    }, document: document, journal: posting?.id, reason: receipt.reference, movedBy: name(of: call),
                    movedAt: office.clock.now())
                transaction.enqueue(.insertBatches(batches.map(\.row)))
                if let posting { transaction.enqueue(.postJournal(posting)) }
                transaction.enqueue(.moveStock(change))
                return stockDocument(change, on: receivedOn, batches: batches.map { ($0.row.batch, $0.row.lot, $0.product) })
            }
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        }
    }
}
