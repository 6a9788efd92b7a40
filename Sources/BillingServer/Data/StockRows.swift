internal import Postgres

/// A batch as the database keeps it.
struct StockBatchRow: RowDecodable, Hashable {
    let product: RecordID
    let lot: String
    let batch: StockBatch

    init(product: RecordID, lot: String, batch: StockBatch) {
        self.product = product
        self.lot = lot
        self.batch = batch
    }

    init(row: Row) throws(PostgresError) {
        product = try row["product_id"]
        lot = try row["lot"]
        let (id, expires, received): (RecordID, CivilDate?, CivilDate) = (try row["id"], try row["expires_on"], try row["received_on"])
        let (onHand, value): (Int64, Int64) = (try row["on_hand"], try row["value"])
        do throws(BillingError) {
            batch = try StockBatch(id: id, expires: expires, received: received, onHand: Quantity(milli: onHand), value: value)
        } catch {
            throw PostgresError(.decoding, "A batch is none that this version keeps: \(error)", column: "on_hand")
        }
    }
}

/// How much of a product is promised to others.
struct ReservedRow: RowDecodable, Hashable {
    let product: RecordID
    let quantity: Quantity

    init(row: Row) throws(PostgresError) {
        product = try row["product_id"]
        quantity = Quantity(milli: try row["quantity"])
    }
}

/// What there is of a product in all batches.
struct OnHandRow: RowDecodable, Hashable {
    let product: RecordID
    let quantity: Quantity

    init(row: Row) throws(PostgresError) {
        product = try row["product_id"]
        quantity = Quantity(milli: try row["quantity"])
    }
}

extension Shelves {
    init(_ batches: [StockBatchRow], reserved: [ReservedRow]) throws(BillingError) {
        var shelves: [RecordID: [StockBatch]] = [:]
        for row in batches { shelves[row.product, default: []].append(row.batch) }
        var promised: [RecordID: Quantity] = [:]
        for row in reserved { promised[row.product] = try (promised[row.product] ?? .zero).adding(row.quantity) }
        self.init(shelves, reserved: promised)
    }
}
