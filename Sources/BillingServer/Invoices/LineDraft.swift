internal import BillingAPI
internal import Resources

/// One line of an invoice as it was asked for, and checked as far as that goes without the products.
struct LineDraft: Hashable, Sendable {
    enum Item: Hashable, Sendable {
        case product(RecordID)
        /// By its name, SKU or barcode.
        case named(String)
        /// Nothing that is among the products.
        case unlisted
    }

    let item: Item
    /// Empty for the product's name.
    let description: String
    let hsn: HSNCode?
    let quantity: Quantity
    /// Empty for the product's.
    let unit: String
    /// In paise; nil for the product's.
    let unitPrice: Int64?
    let isInclusive: Bool?
    let discount: Discount

    /// - Throws: `currencyMismatch` and `currencyUnknown`. What else is wrong is noted, and there is no line.
    init?(_ message: InvoiceContentLine, _ violations: inout Violations, isUnlistedAllowed: Bool) throws(BillingError) {
        let outset = violations.all.count
        if let id = RecordID(message.productID) {
            item = .product(id)
        } else if !message.product.isEmpty {
            item = .named(message.product)
        } else {
            item = .unlisted
            if !isUnlistedAllowed { violations.add("product_id", "Name a product, or say allow_unlisted for a line without one.") }
            if message.description.isEmpty { violations.add("description", "It is required for a line without a product.") }
            if message.hsn.isEmpty { violations.add("hsn", "It is required for a line without a product: 4, 6 or 8 digits.") }
            if message.unitPrice == nil { violations.add("unit_price", "It is required for a line without a product.") }
        }
        violations.text("product", message.product)
        violations.text("description", message.description, isRequired: !message.description.isEmpty)
        description = message.description
        hsn = message.hsn.isEmpty ? nil : violations.reading("hsn") { () throws(BillingError) in try HSNCode(message.hsn) }
        quantity = Quantity(milli: message.quantity?.milli ?? 0)
        if !(1...Limits.lineQuantityMilli).contains(quantity.milli) {
            violations.add("quantity", "It has to be above zero, and at most a thousand million units.")
        }
        unit = message.quantity?.unit ?? ""
        unitPrice = try message.unitPrice?.paise()
        if let unitPrice { violations.within(unitPrice, "unit_price", "A price is not below zero.") }
        isInclusive = message.isPriceInclusive
        switch message.lineDiscount {
        case .discountRate(let basisPoints): discount = .percent(try Rate(basisPoints: Int64(basisPoints)))
        case .discount(let money): discount = .flat(try money.paise())
        case nil: discount = .none
        }
        if case .flat(let amount) = discount { violations.within(amount, "discount", "A discount is not below zero.") }
        guard violations.all.count == outset else { return nil }
    }
}

extension Violations {
    /// - Parameter negative: what there is to say of an amount below zero.
    mutating func within(_ minorUnits: Int64, _ field: String, _ negative: String) {
        if minorUnits < 0 { add(field, negative) }
        if minorUnits > Limits.amount { add(field, BillingError.amountTooLarge.description) }
    }
}

extension BillingAPI.Money {
    /// What an invoice can be in today.
    ///
    /// - Throws: `currencyUnknown`, `currencyMismatch` for another currency than the rupee.
    func paise() throws(BillingError) -> Int64 {
        guard let currency = Currency(currencyCode) else { throw .currencyUnknown }
        return try Money(minorUnits: minorUnits, currency).minorUnits(in: .inr)
    }
}
