/// The batches of some products, and what of them is promised to others.
struct Shelves: Hashable, Sendable {
    private var batches: [RecordID: [StockBatch]]
    private let reserved: [RecordID: Quantity]

    /// - Parameters:
    ///   - batches: by product.
    ///   - reserved: by product, what others were promised.
    init(_ batches: [RecordID: [StockBatch]], reserved: [RecordID: Quantity] = [:]) {
        self.batches = batches
        self.reserved = reserved
    }

    /// What can be taken of a product: what is good on that day, less what others were promised; never below zero.
    ///
    /// - Throws: `amountOutOfRange`.
    func available(of product: RecordID, on date: CivilDate) throws(BillingError) -> Quantity {
        var sum = Quantity.zero
        for batch in batches[product] ?? [] where batch.isSellable(on: date) { sum = try sum.adding(batch.onHand) }
        return max(.zero, try sum.subtracting(reserved[product] ?? .zero))
    }

    /// Takes what expires first; several lines may take of one product, one after the other.
    ///
    /// - Throws: `quantityNotPositive`, and `outOfStock` with what could be had; then nothing has changed.
    mutating func take(_ quantity: Quantity, of product: RecordID, on date: CivilDate) throws(BillingError) -> StockPick {
        guard quantity.milli > 0 else { throw .quantityNotPositive }
        let available = try available(of: product, on: date)
        guard quantity <= available else { throw .outOfStock(product: product, available: available) }
        return try StockPick(quantity, from: &batches[product, default: []], on: date)
    }
}
