internal import Resources

/// One line of an invoice with all that it has of its product.
struct SoldLine: Hashable, Sendable {
    /// Nil for what is not among the products.
    let product: RecordID?
    /// It leaves the stock.
    let isStocked: Bool
    let description: String
    let unit: String
    let priced: PricedLine

    /// - Parameter product: nil for an unlisted line.
    /// - Throws: `productArchived`, `currencyMismatch`, and `invalid` at the line's field.
    init(_ draft: LineDraft, _ product: ProductRow?, at index: Int) throws(BillingError) {
        func flaw(_ field: String, _ sentence: String) -> BillingError { .invalid("invoice.lines[\(index)].\(field)", sentence) }
        if let product {
            guard product.archivedAt == nil else { throw .productArchived(product.id) }
            let price = try Money(minorUnits: draft.unitPrice ?? product.price, product.currency).minorUnits(in: .inr)
            if !draft.unit.isEmpty && draft.unit != product.unit { throw flaw("quantity.unit", "The product is sold in another unit.") }
            self.product = product.id
            isStocked = product.isStocked
            description = draft.description.isEmpty ? product.name : draft.description
            unit = product.unit
            priced = PricedLine(
                hsn: product.hsn, quantity: draft.quantity, unitPrice: price, isInclusive: draft.isInclusive ?? product.isPriceInclusive,
                discount: draft.discount)
        } else {
            guard let hsn = draft.hsn, let price = draft.unitPrice else { throw flaw("product_id", "Name a product.") }
            self.product = nil
            isStocked = false
            description = draft.description
            unit = draft.unit.isEmpty ? Self.usualUnit : draft.unit
            priced = PricedLine(
                hsn: hsn, quantity: draft.quantity, unitPrice: price, isInclusive: draft.isInclusive ?? false, discount: draft.discount)
        }
        do throws(BillingError) { _ = try priced.amounts() } catch .discountExceedsValue {
            throw flaw("discount", BillingError.discountExceedsValue.description)
        } catch .amountOutOfRange {
            throw flaw("quantity", BillingError.amountOutOfRange.description)
        }
    }

    /// A line of a document that was written before, at the words and prices that it has.
    ///
    /// - Throws: `productArchived`.
    init(_ row: InvoiceLineRow, _ product: ProductRow?) throws(BillingError) {
        if let product, product.archivedAt != nil { throw .productArchived(product.id) }
        self.product = row.product
        isStocked = product?.isStocked ?? false
        description = row.description
        unit = row.unit
        priced = PricedLine(
            hsn: row.hsn, quantity: row.quantity, unitPrice: row.unitPrice, isInclusive: row.isInclusive, discount: row.discountAsked)
    }

    /// A line of a debit note: nothing leaves the stock for it.
    init(adding description: String, unit: String, product: RecordID?, _ priced: PricedLine) {
        self.product = product
        isStocked = false
        self.description = description
        self.unit = unit
        self.priced = priced
    }

    /// Of what is sold by the piece.
    private static let usualUnit = "pcs"
}

/// The products that some lines name.
struct ProductIndex: Sendable {
    private var byID: [RecordID: ProductRow] = [:]

    init(_ products: [ProductRow]) {
        byID.reserveCapacity(products.count)
        for product in products { byID[product.id] = product }
    }

    subscript(id: RecordID) -> ProductRow? { byID[id] }

    /// - Throws: `notFound` for an id, `productUnknown` for a name that no product or several have, and what a line throws.
    func lines(of draft: InvoiceDraft) throws(BillingError) -> [SoldLine] {
        var lines: [SoldLine] = []
        lines.reserveCapacity(draft.lines.count)
        var names: ProductNames?
        for (index, line) in draft.lines.enumerated() { lines.append(try SoldLine(line, try product(of: line, &names), at: index)) }
        return lines
    }

    private func product(of line: LineDraft, _ names: inout ProductNames?) throws(BillingError) -> ProductRow? {
        switch line.item {
        case .unlisted:
            return nil
        case .product(let id):
            guard let product = byID[id] else { throw .notFound(.product, id: id.description) }
            return product
        case .named(let name):
            let known = names ?? ProductNames(byID.values)
            names = known
            let found = known.meant(by: name)
            guard let id = found.first, found.count == 1 else { throw .productUnknown(name, candidates: []) }
            return byID[id]
        }
    }
}

/// What products on sale may be called on a line. Made only for lines that name one so: to fold names costs more than all else of a line.
private struct ProductNames {
    private var byName: [String: Set<RecordID>] = [:]
    private var byCode: [String: Set<RecordID>] = [:]

    init(_ products: some Sequence<ProductRow>) {
        for product in products where product.archivedAt == nil {
            byName[ProductName(product.name).folded, default: []].insert(product.id)
            for code in [product.sku, product.barcode] where !code.isEmpty {
                byCode[ProductCode.folded(code), default: []].insert(product.id)
            }
        }
    }

    func meant(by text: String) -> Set<RecordID> {
        (byName[ProductName(text).folded] ?? []).union(byCode[ProductCode.folded(text)] ?? [])
    }
}
