internal import BillingAPI
internal import Resources

/// Goods that came, as they were said and checked.
struct StockReceipt: Hashable, Sendable {
    struct Item: Hashable, Sendable {
        let product: RecordID
        let quantity: Quantity
        let unit: String
        let cost: Money
        let lot: String
        let expires: CivilDate?
    }

    let items: [Item]
    let source: AccountCode
    /// Nil for today.
    let receivedOn: CivilDate?
    let reference: String

    var products: [RecordID] { Set(items.map(\.product)).sorted() }

    /// - Throws: `invalid` with every violation.
    init(_ request: ReceiveStockRequest) throws(BillingError) {
        var violations = Violations()
        var items: [Item] = []
        for (position, item) in request.items.enumerated() {
            let read: Item? = violations.within("items[\(position)]") { Self.item(item, &$0) }
            if let read { items.append(read) }
        }
        let receivedOn = request.receivedOn.isEmpty ? nil : CivilDate(request.receivedOn)
        if !request.receivedOn.isEmpty, receivedOn == nil { violations.add("received_on", BillingError.dateInvalid.description) }
        violations.line("reference", request.reference, longest: 200)
        guard violations.isEmpty else { throw .invalid(violations.all) }
        self.items = items
        source = AccountCode(request.source)
        self.receivedOn = receivedOn
        reference = request.reference
    }

    private static func item(_ item: ReceivedItem, _ violations: inout Violations) -> Item? {
        let product = RecordID(item.productID)
        if product == nil { violations.add("product_id", "It is no id: write a UUID in its 36-character form.") }
        let quantity = violations.quantity("quantity", item.quantity)
        let cost = violations.cost("cost", item.cost)
        violations.line("lot", item.lot, longest: 64)
        let expires = item.expiresOn.isEmpty ? nil : CivilDate(item.expiresOn)
        if !item.expiresOn.isEmpty, expires == nil { violations.add("expires_on", BillingError.dateInvalid.description) }
        guard let product, let quantity, let cost else { return nil }
        return Item(
            product: product, quantity: quantity, unit: item.quantity?.unit ?? "", cost: cost, lot: item.lot, expires: expires)
    }

    /// What the database could not say of one item alone.
    ///
    /// - Throws: `invalid` with every violation.
    func check(receivedOn: CivilDate, today: CivilDate) throws(BillingError) {
        var violations = Violations()
        if receivedOn > today { violations.add("received_on", "The day has not come yet where the tenant is.") }
        for (position, item) in items.enumerated() {
            guard let expires = item.expires, expires < receivedOn else { continue }
            violations.add("items[\(position)].expires_on", "It is before the day on which the goods came.")
        }
        guard violations.isEmpty else { throw .invalid(violations.all) }
    }
}

extension AccountCode {
    fileprivate init(_ source: StockSource) {
        switch source {
        case .cash: self = .cash
        case .bank: self = .bank
        case .opening: self = .openingEquity
        default: self = .payables
        }
    }
}

extension Violations {
    /// A quantity above zero; nil, and a violation, for any other.
    mutating func quantity(_ field: String, _ message: BillingAPI.Quantity?) -> Quantity? {
        let milli = message?.milli ?? 0
        guard milli > 0, milli <= Limits.stockMilli else {
            add("\(field).milli", "It is 1 to \(Limits.stockMilli) thousandths.")
            return nil
        }
        return Quantity(milli: milli)
    }

    /// What goods have cost; nil for nothing said, and for what is refused.
    mutating func cost(_ field: String, _ message: BillingAPI.Money?) -> Money? {
        guard let message else { return nil }
        guard let currency = Currency(message.currencyCode) else {
            add("\(field).currency_code", BillingError.currencyUnknown.description)
            return nil
        }
        guard (0...Limits.amount).contains(message.minorUnits) else {
            add("\(field).minor_units", "It is 0 to \(Limits.amount).")
            return nil
        }
        return Money(minorUnits: message.minorUnits, currency)
    }
}
