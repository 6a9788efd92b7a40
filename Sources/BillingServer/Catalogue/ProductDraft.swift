internal import BillingAPI
internal import Resources

/// A product, as it was said and checked.
struct ProductDraft: Hashable, Sendable {
    let name: String
    let sku: String
    let barcode: String
    let hsn: HSNCode
    let unit: String
    let currency: Currency
    let price: Int64
    let isPriceInclusive: Bool
    let maximumPrice: Int64?
    let wholesalePrice: Int64?
    let isStocked: Bool
    let minimumStock: Quantity

    /// - Throws: `currencyMismatch` when an amount is in another currency than the price; `invalid` with every violation otherwise.
    init(_ message: Product) throws(BillingError) {
        var violations = Violations(under: "product.")
        violations.line("name", message.name, longest: 255, isRequired: true)
        violations.line("sku", message.sku, longest: 64)
        let letters = message.barcode.utf8.allSatisfy { byte in Self.barcodeBytes.contains { $0.contains(byte) } }
        if message.barcode.utf8.count > 64 || !letters { violations.add("barcode", "It is at most 64 letters, digits and hyphens.") }
        let hsn = violations.reading("hsn") { () throws(BillingError) in try HSNCode(message.hsn) }
        if !(1...16).contains(message.unit.utf8.count) || !message.unit.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) {
            violations.add("unit", "It is 1 to 16 small letters, such as kg.")
        }
        let price = message.price ?? BillingAPI.Money()
        let currency = Currency(price.currencyCode)
        if currency == nil { violations.add("price.currency_code", BillingError.currencyUnknown.description) }
        for (field, money) in [
            ("price", message.price), ("maximum_price", message.maximumPrice), ("wholesale_price", message.wholesalePrice),
        ] {
            guard let money else { continue }
            violations.within(money.minorUnits, "\(field).minor_units", "A price is not below zero.")
            if let currency, money.currencyCode != currency.code {
                guard let found = Currency(money.currencyCode) else {
                    violations.add("\(field).currency_code", BillingError.currencyUnknown.description)
                    continue
                }
                throw .currencyMismatch(expected: currency, found: found)
            }
        }
        if let maximum = message.maximumPrice, price.minorUnits > maximum.minorUnits {
            violations.add("price.minor_units", "The price is above the most that a buyer may be asked for.")
        }
        let minimum = message.minimumStock ?? BillingAPI.Quantity()
        if minimum.milli < 0 || minimum.milli > Limits.stockMilli {
            violations.add("minimum_stock.milli", "It is 0 to \(Limits.stockMilli) thousandths.")
        }
        if !message.isStocked, minimum.milli != 0 { violations.add("minimum_stock", "What is not stocked has no minimum.") }
        if !["", message.unit].contains(minimum.unit) { violations.add("minimum_stock.unit", "It is another unit than the product's.") }
        guard let hsn, let currency, violations.isEmpty else { throw .invalid(violations.all) }
        name = message.name
        sku = message.sku
        barcode = message.barcode
        self.hsn = hsn
        unit = message.unit
        self.currency = currency
        self.price = price.minorUnits
        isPriceInclusive = message.isPriceInclusive
        maximumPrice = message.maximumPrice?.minorUnits
        wholesalePrice = message.wholesalePrice?.minorUnits
        isStocked = message.isStocked
        minimumStock = Quantity(milli: minimum.milli)
    }

    private static let barcodeBytes: [ClosedRange<UInt8>] = [0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D...0x2D]
}

extension Violations {
    /// Text on one line, without control characters.
    ///
    /// - Parameter longest: in Unicode code points.
    mutating func line(_ field: String, _ text: String, longest: Int, isRequired: Bool = false) {
        if text.unicodeScalars.count > longest { return add(field, "It has more than \(longest) characters.") }
        if isRequired, text.allSatisfy(\.isWhitespace) { return add(field, "It is required: write characters that are not all spaces.") }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            add(field, "It holds a control character.")
        }
    }
}
