/// A month's return as its documents are looked through, one after the other: what is summed up is kept here, what is listed goes on.
struct MonthReturn: Sendable {
    struct SmallSales: Hashable, Sendable {
        let placeState: String
        let nature: SupplyNature
        let rateBasisPoints: Int32
    }

    struct Untaxed: Hashable, Sendable {
        let taxability: ReturnedDocument.Taxability
        let isRegistered: Bool
        let isInterState: Bool
    }

    private(set) var smallSales: [SmallSales: TaxedValue] = [:]
    private(set) var untaxed: [Untaxed: TaxedValue] = [:]
    /// By the ledger's accounts.
    private(set) var taxes: [AccountCode: Int64] = [:]
    private(set) var taxed = TaxedValue()
    private(set) var zeroRated = TaxedValue()

    /// - Returns: the table in which it is listed by itself; nil when it is part of a sum.
    /// - Throws: `amountOutOfRange`.
    mutating func add(_ document: ReturnedDocument) throws(BillingError) -> ReturnSection? {
        let value = try document.signedValue()
        try addTax(.outputCGST, value.cgst)
        try addTax(document.nature == .unionTerritory ? .outputUTGST : .outputSGST, value.sgst)
        try addTax(.outputIGST, value.igst)
        try addTax(.outputCess, value.cess)
        guard let section = document.section else { return nil }
        guard document.taxability == .taxable else {
            let key = Untaxed(
                taxability: document.taxability, isRegistered: document.isRegistered, isInterState: document.nature.isBeyondTheState)
            try untaxed[key, default: TaxedValue()].add(value)
            return nil
        }
        switch document.nature {
        case .zeroRatedWithTax, .zeroRatedWithoutTax: try zeroRated.add(value)
        case .intraState, .unionTerritory, .interState, .composition, .unregistered: try taxed.add(value)
        }
        guard section == .b2cs else { return section }
        let key = SmallSales(placeState: document.placeState, nature: document.nature, rateBasisPoints: document.rateBasisPoints)
        try smallSales[key, default: TaxedValue()].add(value)
        return nil
    }

    /// What bears no tax, whoever has bought it.
    func untaxed(_ taxabilities: Set<ReturnedDocument.Taxability>) throws(BillingError) -> Int64 {
        var sum: Int64 = 0
        for (key, value) in untaxed where taxabilities.contains(key.taxability) { sum = try sum.plus(value.taxable) }
        return sum
    }

    private mutating func addTax(_ account: AccountCode, _ amount: Int64) throws(BillingError) {
        taxes[account] = try (taxes[account] ?? 0).plus(amount)
    }

    static let accounts: [AccountCode] = [.outputCGST, .outputSGST, .outputUTGST, .outputIGST, .outputCess]
}

extension SupplyNature {
    /// As a return sees it: what goes abroad or to a special economic zone does as well.
    fileprivate var isBeyondTheState: Bool { self != .intraState && self != .unionTerritory && self != .composition }
}
