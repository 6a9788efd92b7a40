internal import Postgres

/// The products that a request moves, by their ids.
struct StockProducts {
    private let products: [RecordID: ProductRow]

    init(_ rows: [ProductRow]) { products = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }) }

    /// - Parameters:
    ///   - field: where the request names its unit.
    ///   - unit: as the request names it; empty for the product's.
    /// - Throws: `notFound`, `productNotStocked`, `invalid` for another unit than the product's.
    func stocked(_ id: RecordID, unit: String, _ field: String) throws(BillingError) -> ProductRow {
        guard let product = products[id] else { throw .notFound(.product, id: id.description) }
        guard product.isStocked else { throw .productNotStocked(id) }
        guard ["", product.unit].contains(unit) else { throw .invalid(field, "It is another unit than the product's.") }
        return product
    }

    /// The same for what is still sold.
    ///
    /// - Throws: `productArchived` as well.
    func sold(_ id: RecordID, unit: String, _ field: String) throws(BillingError) -> ProductRow {
        let product = try stocked(id, unit: unit, field)
        guard product.archivedAt == nil else { throw .productArchived(id) }
        return product
    }
}
