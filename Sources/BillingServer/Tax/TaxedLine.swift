/// How one line came to its taxes: every step is kept, so that each paisa can be explained, in print and in a dispute.
struct TaxedLine: Hashable, Sendable {
    /// Price × quantity.
    let gross: Int64
    let lineDiscount: Int64
    /// This line's part of the bill's discount.
    let billDiscount: Int64
    /// What tax is computed on.
    let taxable: Int64
    let tax: LineTax
    /// The row of the law that was applied.
    let rule: TaxRate
    /// What an inclusive price and the sum of value and taxes differ by, at most some paise: part of the bill's round-off.
    let priceDifference: Int64

    /// Gross value less both discounts: the taxable value, or the price with its taxes.
    var net: Int64 { gross - lineDiscount - billDiscount }

    /// - Throws: `amountOutOfRange`, `taxRateMissing`.
    init(
        _ line: PricedLine, gross: Int64, lineDiscount: Int64, billDiscount: Int64, rule: TaxRate, nature: SupplyNature
    ) throws(BillingError) {
        self.gross = gross
        self.lineDiscount = lineDiscount
        self.billDiscount = billDiscount
        self.rule = rule
        let net = gross - lineDiscount - billDiscount
        if line.isInclusive {
            (taxable, tax) = try InclusivePrice.taxable(of: net, by: rule, nature)
            priceDifference = try net.minus(try taxable.plus(try tax.total()))
        } else {
            taxable = net
            tax = try LineTax(on: net, by: rule, nature)
            priceDifference = 0
        }
    }

    /// The steps as sentences, the row of the law among them.
    ///
    /// - Parameter words: of its rule.
    func explanation(_ nature: SupplyNature, _ words: TaxRateWords) -> [String] {
        var steps: [String] = []
        steps.reserveCapacity(5)
        steps.append(
            "Value \(gross) less the line's discount \(lineDiscount) and its part of the bill's discount \(billDiscount) is \(net).")
        steps.append(words.row)
        if taxable != net { steps.append("The price includes its taxes: the taxable value within it is \(taxable).") }
        switch nature {
        case .intraState, .unionTerritory:
            let partner = nature == .intraState ? "SGST" : "UTGST"
            steps.append("CGST and \(partner) are each half of \(words.rate) of \(taxable), rounded half up: \(tax.cgst) and \(tax.sgst).")
        case .interState, .zeroRatedWithTax:
            steps.append("IGST is \(words.rate) of \(taxable), rounded half up: \(tax.igst).")
        case .zeroRatedWithoutTax:
            steps.append("Zero-rated under a letter of undertaking: no tax.")
        case .composition:
            steps.append("A bill of supply under the composition scheme: no tax.")
        case .unregistered:
            steps.append("The seller has no registration under GST: no tax.")
        }
        if tax.cess != 0 { steps.append("Cess is \(words.cess) of \(taxable), rounded half up: \(tax.cess).") }
        return steps
    }
}
