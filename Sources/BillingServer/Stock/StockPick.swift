/// What is taken from which batches for one line: what expires first goes first (FEFO), then what came first.
struct StockPick: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        let batch: RecordID
        let quantity: Quantity
        /// In smallest units.
        let cost: Int64
    }

    let parts: [Part]
    let cost: Int64

    /// - Parameter batches: of one product; those that are taken from have less afterwards.
    /// - Throws: `quantityNotPositive`, `batchRepeated`, and `insufficientStock` with what could be had; then no batch has changed.
    init(_ quantity: Quantity, from batches: inout [StockBatch], on date: CivilDate) throws(BillingError) {
        guard quantity.milli > 0 else { throw .quantityNotPositive }
        var known: Set<RecordID> = []
        for batch in batches { guard known.insert(batch.id).inserted else { throw .batchRepeated(batch.id) } }

        let order = batches.indices.filter { batches[$0].isSellable(on: date) }.sorted { Self.leavesEarlier(batches[$0], batches[$1]) }
        var changed = batches
        var (parts, cost, left) = ([Part](), Int64(0), quantity)
        for index in order where left.milli > 0 {
            let taken = min(left, changed[index].onHand)
            let part = try changed[index].take(taken)
            parts.append(Part(batch: changed[index].id, quantity: taken, cost: part))
            cost = try cost.plus(part)
            left = try left.subtracting(taken)
        }
        guard left == .zero else { throw .insufficientStock(available: try quantity.subtracting(left)) }
        batches = changed
        self.parts = parts
        self.cost = cost
    }

    private static func leavesEarlier(_ one: StockBatch, _ other: StockBatch) -> Bool {
        switch (one.expires, other.expires) {
        case (let first?, let second?) where first != second: first < second
        case (.some, .none): true
        case (.none, .some): false
        default: (one.received, one.id) < (other.received, other.id)
        }
    }
}
