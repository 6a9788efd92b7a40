/// Goods of one product that came together: how much is left, what that has cost, and until when it is good.
struct StockBatch: Hashable, Sendable {
    let id: RecordID
    /// The last day on which it may be sold. Nil when it does not spoil.
    let expires: CivilDate?
    let received: CivilDate
    private(set) var onHand: Quantity
    /// What is left has cost so much, in smallest units: what leaves takes its share along, and the last piece all the rest, so that the
    /// batches' values are the stock account's balance.
    private(set) var value: Int64

    /// - Throws: `quantityNotPositive`, `amountNotPositive` below zero.
    init(id: RecordID, expires: CivilDate?, received: CivilDate, onHand: Quantity, value: Int64) throws(BillingError) {
        guard onHand.milli >= 0 else { throw .quantityNotPositive }
        guard value >= 0 else { throw .amountNotPositive }
        self.id = id
        self.expires = expires
        self.received = received
        self.onHand = onHand
        self.value = value
    }

    /// - Returns: the cost of what was taken, in smallest units.
    /// - Throws: `quantityNotPositive`, `insufficientStock`.
    mutating func take(_ quantity: Quantity) throws(BillingError) -> Int64 {
        guard quantity.milli > 0 else { throw .quantityNotPositive }
        guard quantity <= onHand else { throw .insufficientStock(available: onHand) }
        // No more than the value: the quantity is no more than what is there.
        let cost = try value.scaled(by: quantity.milli, over: onHand.milli)
        onHand = try onHand.subtracting(quantity)
        value -= cost
        return cost
    }

    /// What is found or comes back goes where it was.
    ///
    /// - Parameter cost: in smallest units.
    /// - Throws: `quantityNotPositive`, `amountNotPositive`, `amountOutOfRange`.
    mutating func put(_ quantity: Quantity, cost: Int64) throws(BillingError) {
        guard quantity.milli > 0 else { throw .quantityNotPositive }
        guard cost >= 0 else { throw .amountNotPositive }
        onHand = try onHand.adding(quantity)
        value = try value.plus(cost)
    }

    func isSellable(on date: CivilDate) -> Bool { onHand.milli > 0 && expires.map { date <= $0 } ?? true }
}
