internal import BillingAPI
internal import Resources

extension BillingAPI.Money {
    init(_ minorUnits: Int64, in currency: Currency) {
        self.init()
        currencyCode = currency.code
        self.minorUnits = minorUnits
    }
}

extension BillingAPI.Quantity {
    init(_ quantity: Quantity, of unit: String) {
        self.init()
        milli = quantity.milli
        self.unit = unit
    }
}

extension Product {
    /// - Parameters:
    ///   - onHand: nothing of what is not stocked.
    ///   - archivedAt: nil while it is sold.
    init(
        _ draft: ProductDraft, id: RecordID, version: Int64, createdAt: Instant, updatedAt: Instant, archivedAt: Instant? = nil,
        onHand: Quantity = .zero, reserved: Quantity = .zero
    ) {
        self.init()
        self.id = id.description
        etag = Etag(version: version).text
        name = draft.name
        sku = draft.sku
        barcode = draft.barcode
        hsn = draft.hsn.description
        unit = draft.unit
        price = BillingAPI.Money(draft.price, in: draft.currency)
        isPriceInclusive = draft.isPriceInclusive
        maximumPrice = draft.maximumPrice.map { BillingAPI.Money($0, in: draft.currency) }
        wholesalePrice = draft.wholesalePrice.map { BillingAPI.Money($0, in: draft.currency) }
        isStocked = draft.isStocked
        if draft.isStocked {
            minimumStock = BillingAPI.Quantity(draft.minimumStock, of: draft.unit)
            self.onHand = BillingAPI.Quantity(onHand, of: draft.unit)
            self.reserved = BillingAPI.Quantity(reserved, of: draft.unit)
        }
        self.createdAt = createdAt.timestamp
        self.updatedAt = updatedAt.timestamp
        self.archivedAt = archivedAt?.timestamp
    }
}

extension StockedProductRow {
    var message: Product {
        Product(
            ProductDraft(product), id: product.id, version: product.version, createdAt: product.createdAt, updatedAt: product.updatedAt,
            archivedAt: product.archivedAt, onHand: onHand, reserved: reserved)
    }
}

extension ProductDraft {
    /// What is kept was checked when it came.
    init(_ row: ProductRow) {
        name = row.name
        sku = row.sku
        barcode = row.barcode
        hsn = row.hsn
        unit = row.unit
        currency = row.currency
        price = row.price
        isPriceInclusive = row.isPriceInclusive
        maximumPrice = row.maximumPrice
        wholesalePrice = row.wholesalePrice
        isStocked = row.isStocked
        minimumStock = row.minimumStock
    }
}
