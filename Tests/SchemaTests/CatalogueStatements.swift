import Resources

@testable import BillingServer
@testable import Postgres

/// The named statements of products, tax rates and stock, for ``BillingStatements``.
enum CatalogueStatements {
    static let all: [CheckedStatement] = {
        let (id, now) = (RecordID(1), Instant(unixMicroseconds: 0))
        guard let rice = try? HSNCode("10063020") else { return [] }
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
        ]
    }()
}
