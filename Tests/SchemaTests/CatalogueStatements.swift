import BillingAPI
import Protobuf
import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of products, tax rates and stock, for ``BillingStatements``.
enum CatalogueStatements {
    static let all: [CheckedStatement] = {
        let (id, now) = (RecordID(1), Instant(unixMicroseconds: 0))
        guard let rice = try? HSNCode("10063020"), let day = CivilDate("2025-10-01"),
            let batch = try? BillingServer.StockBatch(id: id, expires: nil, received: day, onHand: .zero, value: 0),
            let draft = try? ProductDraft(
                .with {
                    ($0.name, $0.hsn, $0.unit) = ("Rice", "1006", "kg")
                    $0.price = .with { ($0.currencyCode, $0.minorUnits) = ("INR", 6_000) }
                }),
            let rate = try? TaxRateDraft(
                .with {
                    ($0.hsnPrefix, $0.effectiveFrom, $0.taxability, $0.source) = ("10", "2025-10-01", .taxable, "law")
                })
        else { return [] }
        let change = StockChange(
            kind: .sale, movements: [StockMovement(id: id, batch: id, quantity: Quantity(milli: -1), value: -1)],
            document: .init(kind: .invoice, id: id), journal: nil, movedBy: "voice/ada", movedAt: now)
        return [
            CheckedStatement("products", .products([id]), ProductRow.self),
            CheckedStatement("taxRates", .taxRates(prefixesOf: [rice]), TaxRateRow.self),
            CheckedStatement("lockStock", .lockStock(of: [id]), StockBatchRow.self),
            CheckedStatement("reservedStock", .reservedStock(of: [id], butFor: id, at: now), ReservedRow.self),
            CheckedStatement("releaseStock", .releaseStock(of: id, at: now)),
            CheckedStatement("moveStock", .moveStock(change)),
            CheckedStatement("stockedProduct", .stockedProduct(id, at: now), StockedProductRow.self),
            CheckedStatement("lockProduct", .lockProduct(id, at: now), StockedProductRow.self),
            CheckedStatement("insertProduct", .insertProduct(id, draft, at: now)),
            CheckedStatement("updateProduct", .updateProduct(id, draft, version: 2, at: now)),
            CheckedStatement("archiveProduct", .archiveProduct(id, version: 2, at: now)),
            CheckedStatement("stockedColumns", "SELECT \(SQL.stockedColumns(now)) FROM product", StockedProductRow.self),
            CheckedStatement(
                "productsLike", .productsLike(ProductName("Basmati rice"), as: "Basmati rice", at: now, limit: 1), FoundProductRow.self),
            CheckedStatement("insertTaxRate", .insertTaxRate(rate, by: "ada", at: now), SetTaxRateRow.self),
            CheckedStatement("lockBatches", .lockBatches([id]), StockBatchRow.self),
            CheckedStatement("lockBatch", .lockBatch(id, of: id), StockBatchRow.self),
            CheckedStatement("insertBatches", .insertBatches([StockBatchRow(product: id, lot: "", batch: batch)])),
            CheckedStatement("stockOnHand", .stockOnHand(of: [id]), OnHandRow.self),
            CheckedStatement("stockTotals", .stockTotals, StockTotalRow.self),
            CheckedStatement("changedStock", .changedStock(since: now), StockLevelRow.self),
            CheckedStatement(
                "insertReservation",
                .insertReservation(
                    NewReservation(
                        id: id, items: [.init(product: id, quantity: Quantity(milli: 1))], document: id, from: now, until: now, by: "ada"))),
            CheckedStatement("lockReservation", .lockReservation(id), ReservationRow.self),
            CheckedStatement("endReservation", .endReservation(id, at: now)),
        ] + lists(id, rice, day, now)
    }()

    /// Every condition, the first page and a later one.
    private static func lists(_ id: RecordID, _ code: HSNCode, _ day: CivilDate, _ now: Instant) -> [CheckedStatement] {
        let some = ProductCriteria(text: "rice", barcode: "1", sku: "2", isLow: true, showsArchived: true)
        var narrow = MovementCriteria(from: now, before: now)
        let wide = narrow
        (narrow.product, narrow.batch, narrow.document, narrow.kind) = (id, id, id, .sale)
        let kinds = ["kind": "sale"]
        return [nil, id].flatMap { last in
            [
                CheckedStatement("products", .products(ProductCriteria(), at: now, after: last, limit: 1), StockedProductRow.self),
                CheckedStatement("products", .products(some, at: now, after: last, limit: 1), StockedProductRow.self),
                CheckedStatement("movements", .movements(wide, after: last, limit: 1), StockMovementRow.self, words: kinds),
                CheckedStatement("movements", .movements(narrow, after: last, limit: 1), StockMovementRow.self, words: kinds),
                CheckedStatement(
                    "batches",
                    .batches(
                        of: last, expiringBy: last.map { _ in day }, after: last.map { BatchPosition(expires: day, id: $0) }, limit: 1),
                    ListedBatchRow.self),
                CheckedStatement("stockValues", .stockValues(after: last, limit: 1), StockValueRow.self),
                CheckedStatement("lowStock", .lowStock(soldSince: now, after: last, limit: 1), StockLevelRow.self),
                CheckedStatement(
                    "taxRates",
                    .taxRates(for: last.map { _ in code }, on: last.map { _ in day }, after: last.map { _ in ("10", day) }, limit: 1),
                    SetTaxRateRow.self),
            ]
        }
    }
}
