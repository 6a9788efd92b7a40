internal import BillingAPI
internal import Resources

extension BillingAPI.StockBatch {
    init(_ batch: StockBatch, lot: String, of product: ProductRow) {
        self.init(batch, lot: lot, product: product.id, unit: product.unit, currency: product.currency)
    }

    init(_ batch: StockBatch, lot: String, product: RecordID, unit: String, currency: Currency) {
        self.init()
        id = batch.id.description
        productID = product.description
        self.lot = lot
        receivedOn = batch.received.description
        expiresOn = batch.expires?.description ?? ""
        onHand = BillingAPI.Quantity(batch.onHand, of: unit)
        value = BillingAPI.Money(batch.value, in: currency)
    }
}

extension BillingAPI.StockMovement {
    /// - Parameter onHand: what is left of the batch afterwards.
    init(_ movement: StockMovement, in change: StockChange, of product: ProductRow, onHand: Quantity) {
        self.init()
        id = movement.id.description
        productID = product.id.description
        batchID = movement.batch.description
        kind = change.kind.message
        quantity = BillingAPI.Quantity(movement.quantity, of: product.unit)
        self.onHand = BillingAPI.Quantity(onHand, of: product.unit)
        value = BillingAPI.Money(movement.value, in: product.currency)
        documentKind = change.document.kind.rawValue
        documentID = change.document.id.description
        journalID = change.journal?.description ?? ""
        reason = change.reason
        movedBy = change.movedBy
        movedAt = change.movedAt.timestamp
    }
}

extension StockMovement.Kind {
    /// Nil for one that is not said or not known.
    init?(_ message: StockMovementKind) {
        switch message {
        case .purchase: self = .purchase
        case .sale: self = .sale
        case .return: self = .returned
        case .adjustment: self = .adjustment
        case .damage: self = .damage
        case .expired: self = .expired
        default: return nil
        }
    }

    var message: StockMovementKind {
        switch self {
        case .purchase: .purchase
        case .sale: .sale
        case .returned: .return
        case .adjustment: .adjustment
        case .damage: .damage
        case .expired: .expired
        }
    }
}
