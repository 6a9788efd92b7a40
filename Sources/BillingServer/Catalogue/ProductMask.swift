internal import BillingAPI
internal import Resources

/// The fields of a product that an update names.
struct ProductMask: Hashable, Sendable {
    /// A field that a caller may change, by its path.
    enum Field: String, CaseIterable, Sendable {
        case name, sku, barcode, hsn, price
        case isPriceInclusive = "is_price_inclusive"
        case maximumPrice = "maximum_price"
        case wholesalePrice = "wholesale_price"
        case minimumStock = "minimum_stock"
    }

    private(set) var fields: Set<Field> = []

    /// Each path that names nothing that can be changed becomes a violation.
    init(_ paths: [String], _ violations: inout Violations) {
        guard !paths.isEmpty else {
            violations.add("update_mask", "It is required: name the fields to change, or * for all.")
            return
        }
        guard paths.count <= Limits.maskPaths else {
            violations.add("update_mask", "It has more than \(Limits.maskPaths) paths.")
            return
        }
        for (position, path) in paths.enumerated() {
            if path == "*" {
                fields.formUnion(Field.allCases)
            } else if let field = Field(rawValue: path) {
                fields.insert(field)
            } else if ["unit", "is_stocked"].contains(path) {
                violations.add(
                    "update_mask.paths[\(position)]", "It stays as the product was created with it. Archive the product and create another."
                )
            } else {
                violations.add("update_mask.paths[\(position)]", "A product has no such field that a caller may change.")
            }
        }
    }

    /// `current` with the named fields as they are in `new`. A named field that `new` lacks is cleared.
    func applying(_ new: Product, to current: Product) -> Product {
        var result = current
        for field in fields {
            switch field {
            case .name: result.name = new.name
            case .sku: result.sku = new.sku
            case .barcode: result.barcode = new.barcode
            case .hsn: result.hsn = new.hsn
            case .price: result.price = new.price
            case .isPriceInclusive: result.isPriceInclusive = new.isPriceInclusive
            case .maximumPrice: result.maximumPrice = new.maximumPrice
            case .wholesalePrice: result.wholesalePrice = new.wholesalePrice
            case .minimumStock: result.minimumStock = new.minimumStock
            }
        }
        return result
    }
}
