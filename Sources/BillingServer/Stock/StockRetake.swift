internal import Resources

/// What had come back and leaves again: each batch's share of what it holds now, which may be another one than it came back at.
struct StockRetake: Hashable, Sendable {
    private(set) var movements: [StockMovement] = []
    /// What it holds of what it came back at, in smallest units.
    private(set) var cost: Int64 = 0

    /// - Parameters:
    ///   - returned: what came back, by batch.
    ///   - batches: those batches, held.
    /// - Throws: `outOfStock` when some of it was sold since, with what is there; `amountOutOfRange`.
    init(_ returned: [SoldStockRow], from batches: [StockBatchRow], _ newID: () -> RecordID) throws(BillingError) {
        for row in returned {
            guard var batch = batches.first(where: { $0.batch.id == row.batch })?.batch, row.quantity <= batch.onHand else {
                let left = batches.first { $0.batch.id == row.batch }?.batch.onHand ?? .zero
                throw .outOfStock(product: row.product, available: left)
            }
            let taken = try batch.take(row.quantity)
            movements.append(
                StockMovement(
                    id: newID(), batch: row.batch, quantity: try Quantity.zero.subtracting(row.quantity), value: try Int64(0).minus(taken)))
            cost = try cost.plus(taken)
        }
    }
}
