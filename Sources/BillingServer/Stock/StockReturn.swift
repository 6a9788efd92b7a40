/// What of an invoice's goods comes back to the batches that it was taken from, the batch that was taken last at first.
struct StockReturn: Hashable, Sendable {
    private(set) var parts: [StockPick.Part] = []
    private(set) var cost: Int64 = 0

    /// - Parameters:
    ///   - quantities: by product. What did not leave the stock does not come back to it.
    ///   - sold: what is out, by batch; some of it may have come back before.
    /// - Throws: `amountOutOfRange`.
    init(_ quantities: [RecordID: Quantity], of sold: [SoldStockRow]) throws(BillingError) {
        var left = quantities
        for row in sold.reversed() {
            guard let wanted = left[row.product], wanted.milli > 0 else { continue }
            let quantity = min(wanted, row.quantity)
            // Whoever brings all of it back gets the last paisa of it.
            let value = quantity == row.quantity ? row.value : try row.value.scaled(by: quantity.milli, over: row.quantity.milli)
            parts.append(StockPick.Part(batch: row.batch, quantity: quantity, cost: value))
            cost = try cost.plus(value)
            left[row.product] = try wanted.subtracting(quantity)
        }
    }

    func movements(_ newID: () -> RecordID) -> [StockMovement] {
        parts.map { StockMovement(id: newID(), batch: $0.batch, quantity: $0.quantity, value: $0.cost) }
    }
}
