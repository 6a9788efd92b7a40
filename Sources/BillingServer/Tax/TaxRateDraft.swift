internal import BillingAPI
internal import Resources

/// A row of the law, as it was said and checked.
struct TaxRateDraft: Hashable, Sendable {
    let prefix: HSNCode
    let from: CivilDate
    let taxability: Taxability
    let rate: Rate
    let cess: Rate
    let source: String

    /// - Throws: `invalid` with every violation.
    init(_ message: BillingAPI.TaxRate) throws(BillingError) {
        var violations = Violations(under: "tax_rate.")
        let prefix = violations.reading("hsn_prefix") { () throws(BillingError) in try HSNCode(prefix: message.hsnPrefix) }
        let from = CivilDate(message.effectiveFrom)
        if from == nil { violations.add("effective_from", BillingError.dateInvalid.description) }
        let taxability = Taxability(message.taxability)
        if taxability == nil { violations.add("taxability", "It is required: say whether the supply is taxed.") }
        let rate = violations.reading("rate") { () throws(BillingError) in try Rate(basisPoints: Int64(message.rate)) }
        let cess = violations.reading("cess") { () throws(BillingError) in try Rate(basisPoints: Int64(message.cess)) }
        if taxability != .taxable {
            if message.rate != 0 { violations.add("rate", "What is not taxable has no rate.") }
            if message.cess != 0 { violations.add("cess", "What is not taxable has no cess.") }
        }
        violations.line("source", message.source, longest: 255, isRequired: true)
        guard let prefix, let from, let taxability, let rate, let cess, violations.isEmpty else { throw .invalid(violations.all) }
        self.prefix = prefix
        self.from = from
        self.taxability = taxability
        self.rate = rate
        self.cess = cess
        source = message.source
    }
}

extension Taxability {
    /// Nil for one that is not said or not known.
    init?(_ message: BillingAPI.Taxability) {
        switch message {
        case .taxable: self = .taxable
        case .nilRated: self = .nilRated
        case .exempt: self = .exempt
        case .nonGst: self = .nonGST
        default: return nil
        }
    }

    var message: BillingAPI.Taxability {
        switch self {
        case .taxable: .taxable
        case .nilRated: .nilRated
        case .exempt: .exempt
        case .nonGST: .nonGst
        }
    }
}
