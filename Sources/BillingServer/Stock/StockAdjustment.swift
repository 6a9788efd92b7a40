internal import BillingAPI
internal import Resources

/// A correction of what is there of a product, as it was said and checked.
struct StockAdjustment: Hashable, Sendable {
    let product: RecordID
    /// Nil for what would be sold first, for the oldest of what has expired, or for a batch of its own.
    let batch: RecordID?
    let kind: StockMovement.Kind
    /// Above zero what was found, below zero what is missing; never zero.
    let change: Quantity
    let unit: String
    /// What the goods that were found have cost.
    let cost: Money?
    let reason: String

    /// - Throws: `invalid` with every violation.
    init(_ request: AdjustStockRequest) throws(BillingError) {
        var violations = Violations()
        let product = RecordID(request.productID)
        if product == nil { violations.add("product_id", "It is no id: write a UUID in its 36-character form.") }
        let kind = StockMovement.Kind(request.kind)
        if kind.map({ [.adjustment, .damage, .expired].contains($0) }) != true {
            violations.add("kind", "Stock is corrected as an adjustment, as damage or as expired.")
        }
        let change = request.change?.milli ?? 0
        if change == 0 || change.magnitude > Limits.stockMilli.magnitude {
            violations.add("change.milli", "It is not zero, and at most \(Limits.stockMilli) thousandths in either direction.")
        }
        if change > 0, kind != .adjustment { violations.add("change.milli", "What is spoilt or too old leaves: write it below zero.") }
        let cost = violations.cost("cost", request.cost)
        if change < 0, request.cost != nil {
            violations.add("cost", "What leaves costs what it has cost: only what was found has a cost of its own.")
        }
        violations.line("reason", request.reason, longest: 500, isRequired: true)
        guard let product, let kind, violations.isEmpty else { throw .invalid(violations.all) }
        self.product = product
        batch = request.batchID.isEmpty ? nil : RecordID(request.batchID)
        self.kind = kind
        self.change = Quantity(milli: change)
        unit = request.change?.unit ?? ""
        self.cost = cost
        reason = request.reason
    }

    /// What changes which batch.
    struct Part: Hashable {
        let batch: RecordID
        let quantity: Quantity
        let value: Int64
    }

    /// - Parameters:
    ///   - batches: those of the product that have something left, and the one that is named; changed afterwards.
    ///   - newBatch: the id of the batch that what was found becomes when none is named.
    /// - Throws: `notFound` for a batch that is not the product's, `outOfStock`, `invalid` where a cost is needed.
    func apply(to batches: inout [StockBatch], on today: CivilDate, newBatch: RecordID) throws(BillingError) -> [Part] {
        if change.milli > 0 { return [try find(in: &batches, on: today, newBatch: newBatch)] }
        let quantity = try Quantity.zero.subtracting(change)
        if let batch {
            guard let index = batches.firstIndex(where: { $0.id == batch }) else { throw .notFound(.stockBatch, id: batch.description) }
            guard quantity <= batches[index].onHand else { throw .outOfStock(product: product, available: batches[index].onHand) }
            let cost = try batches[index].take(quantity)
            return [Part(batch: batch, quantity: change, value: try Int64(0).minus(cost))]
        }
        let pick: StockPick
        do throws(BillingError) {
            if kind == .expired {
                var expired = batches.filter { !$0.isSellable(on: today) }
                // Before all days everything is good.
                pick = try StockPick(quantity, from: &expired, on: CivilDate.first)
                for batch in expired { if let index = batches.firstIndex(where: { $0.id == batch.id }) { batches[index] = batch } }
            } else {
                pick = try StockPick(quantity, from: &batches, on: today)
            }
        } catch .insufficientStock(let available) {
            throw .outOfStock(product: product, available: available)
        }
        var parts: [Part] = []
        for part in pick.parts {
            parts.append(
                Part(
                    batch: part.batch, quantity: try Quantity.zero.subtracting(part.quantity), value: try Int64(0).minus(part.cost)))
        }
        return parts
    }

    private func find(in batches: inout [StockBatch], on today: CivilDate, newBatch: RecordID) throws(BillingError) -> Part {
        guard let batch else {
            guard let cost else { throw Self.costNeeded }
            let found = try StockBatch(id: newBatch, expires: nil, received: today, onHand: change, value: cost.minorUnits)
            batches.append(found)
            return Part(batch: newBatch, quantity: change, value: cost.minorUnits)
        }
        guard let index = batches.firstIndex(where: { $0.id == batch }) else { throw .notFound(.stockBatch, id: batch.description) }
        let value: Int64
        if let cost {
            value = cost.minorUnits
        } else {
            guard batches[index].onHand.milli > 0 else { throw Self.costNeeded }
            value = try batches[index].value.scaled(by: change.milli, over: batches[index].onHand.milli)
        }
        try batches[index].put(change, cost: value)
        return Part(batch: batch, quantity: change, value: value)
    }

    private static let costNeeded = BillingError.invalid(
        "cost", "It is required: nothing is left of the batch by which to tell what this has cost.")
}
