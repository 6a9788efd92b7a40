internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A movement as a list shows it.
struct StockMovementRow: RowDecodable {
    let id: RecordID
    let message: BillingAPI.StockMovement

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        let (product, batch, document): (RecordID, RecordID, RecordID) = (
            try row["product_id"], try row["batch_id"], try row["document_id"]
        )
        let (journal, movedAt): (RecordID?, Instant) = (try row["journal_id"], try row["moved_at"])
        let (kind, unit, currency): (String, String, String) = (try row["kind"], try row["unit"], try row["currency"])
        guard let known = StockMovement.Kind(rawValue: kind) else {
            throw PostgresError(.decoding, "A movement's kind is none that this version knows.", column: "kind")
        }
        var message = BillingAPI.StockMovement()
        message.id = id.description
        message.productID = product.description
        message.batchID = batch.description
        message.kind = known.message
        message.quantity = BillingAPI.Quantity(Quantity(milli: try row["quantity"]), of: unit)
        message.onHand = BillingAPI.Quantity(Quantity(milli: try row["on_hand"]), of: unit)
        message.value = .with { $0.currencyCode = currency }
        message.value?.minorUnits = try row["value"]
        message.documentKind = try row["document_kind"]
        message.documentID = document.description
        message.journalID = journal?.description ?? ""
        message.reason = try row["reason"]
        message.movedBy = try row["moved_by"]
        message.movedAt = movedAt.timestamp
        self.message = message
    }
}

/// A batch as a list shows it.
struct ListedBatchRow: RowDecodable {
    let row: StockBatchRow
    let unit: String
    let currency: Currency

    init(row: Row) throws(PostgresError) {
        self.row = try StockBatchRow(row: row)
        unit = try row["unit"]
        currency = try Currency(stockRow: row)
    }

    var message: BillingAPI.StockBatch {
        BillingAPI.StockBatch(row.batch, lot: row.lot, product: row.product, unit: unit, currency: currency)
    }
}

/// What is there of a product, and what it has cost.
struct StockValueRow: RowDecodable {
    let product: RecordID
    let name: String
    let unit: String
    let currency: Currency
    let onHand: Quantity
    let value: Int64

    init(row: Row) throws(PostgresError) {
        product = try row["id"]
        name = try row["name"]
        unit = try row["unit"]
        currency = try Currency(stockRow: row)
        onHand = Quantity(milli: try row["on_hand"])
        value = try row["value"]
    }
}

struct StockTotalRow: RowDecodable {
    let currency: Currency
    let value: Int64

    init(row: Row) throws(PostgresError) {
        currency = try Currency(stockRow: row)
        value = try row["value"]
    }
}

extension Currency {
    fileprivate init(stockRow row: Row) throws(PostgresError) {
        let code: String = try row["currency"]
        guard let currency = Currency(code) else {
            throw PostgresError(.decoding, "A product's currency is none that this version knows.", column: "currency")
        }
        self = currency
    }
}
