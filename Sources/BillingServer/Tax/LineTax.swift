/// What is levied on one line, in paise. Of CGST and its partner, and IGST, one side is always zero.
struct LineTax: Hashable, Sendable {
    var cgst: Int64 = 0
    /// SGST, or UTGST in a union territory: always equal to CGST.
    var sgst: Int64 = 0
    var igst: Int64 = 0
    var cess: Int64 = 0

    static let none = LineTax()

    /// Each tax is rounded by itself, half up.
    ///
    /// - Parameter taxable: the value after all discounts, in paise.
    /// - Throws: `amountOutOfRange`.
    init(on taxable: Int64, by rule: TaxRate, _ nature: SupplyNature) throws(BillingError) {
        guard rule.taxability == .taxable else { return }
        switch nature {
        case .intraState, .unionTerritory:
            cgst = try rule.rate.half(of: taxable)
            sgst = cgst
        case .interState, .zeroRatedWithTax:
            igst = try rule.rate.of(taxable)
        case .zeroRatedWithoutTax, .composition, .unregistered:
            return
        }
        // Cess has a rate of its own: it is due where GST's is 0 %.
        cess = try rule.cess.of(taxable)
    }

    private init() {}

    /// - Throws: `amountOutOfRange`.
    func total() throws(BillingError) -> Int64 { try Int64(checked: Int128(cgst) + Int128(sgst) + Int128(igst) + Int128(cess)) }

    /// - Throws: `amountOutOfRange`.
    mutating func add(_ other: LineTax) throws(BillingError) {
        cgst = try cgst.plus(other.cgst)
        sgst = try sgst.plus(other.sgst)
        igst = try igst.plus(other.igst)
        cess = try cess.plus(other.cess)
    }
}
