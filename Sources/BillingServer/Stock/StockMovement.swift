internal import Resources

/// One change of one batch.
struct StockMovement: Hashable, Sendable {
    /// Why stock changes. The words are the database's.
    enum Kind: String, CaseIterable, Sendable {
        case purchase, sale
        case returned = "return"
        case adjustment, damage, expired
    }

    let id: RecordID
    let batch: RecordID
    /// Above zero what comes, below what goes; never zero.
    let quantity: Quantity
    /// What that has cost, in smallest units, with the same sign.
    let value: Int64
}

/// All movements that one document makes.
struct StockChange: Hashable, Sendable {
    let kind: StockMovement.Kind
    let movements: [StockMovement]
    let document: Posting.Document
    /// That posts their value; nil when they have none.
    let journal: RecordID?
    var reason = ""
    /// The service and the subject that called.
    let movedBy: String
    let movedAt: Instant
}

extension StockPick {
    /// What leaves, as movements.
    func movements(_ newID: () -> RecordID) throws(BillingError) -> [StockMovement] {
        var movements: [StockMovement] = []
        for part in parts {
            movements.append(
                StockMovement(
                    id: newID(), batch: part.batch, quantity: try Quantity.zero.subtracting(part.quantity),
                    value: try Int64(0).minus(part.cost)))
        }
        return movements
    }
}
