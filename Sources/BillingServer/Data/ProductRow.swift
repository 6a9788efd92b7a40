internal import Postgres
internal import Resources

/// A product as the database keeps it. By reference: it is wide, goes through many hands, and never changes.
final class ProductRow: RowDecodable, Sendable {
    let id: RecordID
    let version: Int64
    let name: String
    let sku: String
    let barcode: String
    let hsn: HSNCode
    let unit: String
    let currency: Currency
    /// Of one unit, in smallest units.
    let price: Int64
    let isPriceInclusive: Bool
    let maximumPrice: Int64?
    let wholesalePrice: Int64?
    let isStocked: Bool
    let minimumStock: Quantity
    let createdAt: Instant
    let updatedAt: Instant
    /// Nil while it is sold.
    let archivedAt: Instant?

    static let columns: SQL = """
        id, version, name, sku, barcode, hsn, unit, currency, price, is_price_inclusive, maximum_price, wholesale_price, is_stocked, \
        minimum_stock, created_at, updated_at, archived_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        name = try row["name"]
        sku = try row["sku"]
        barcode = try row["barcode"]
        let (hsn, currency): (String, String) = (try row["hsn"], try row["currency"])
        guard let code = try? HSNCode(hsn) else {
            throw PostgresError(.decoding, "A product's HSN code is none that this version knows.", column: "hsn")
        }
        self.hsn = code
        guard let known = Currency(currency) else {
            throw PostgresError(.decoding, "A product's currency is none that this version knows.", column: "currency")
        }
        self.currency = known
        unit = try row["unit"]
        price = try row["price"]
        isPriceInclusive = try row["is_price_inclusive"]
        maximumPrice = try row["maximum_price"]
        wholesalePrice = try row["wholesale_price"]
        isStocked = try row["is_stocked"]
        minimumStock = Quantity(milli: try row["minimum_stock"])
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        archivedAt = try row["archived_at"]
    }
}

/// A product with what is there of it.
struct StockedProductRow: RowDecodable {
    let product: ProductRow
    let onHand: Quantity
    /// Of that, what is promised to drafts and proformas.
    let reserved: Quantity

    init(row: Row) throws(PostgresError) {
        product = try ProductRow(row: row)
        onHand = Quantity(milli: try row["on_hand"])
        reserved = Quantity(milli: try row["reserved"])
    }
}

/// A product that a text may mean, and how its name is like it.
struct FoundProductRow: RowDecodable {
    let found: StockedProductRow
    /// 1 exact, 2 beginning, 3 within, 4 by words.
    let match: Int32
    /// How many of the text's words the name has.
    let sharedWords: Int64

    init(row: Row) throws(PostgresError) {
        found = try StockedProductRow(row: row)
        match = try row["match"]
        sharedWords = try row["shared_words"]
    }
}
