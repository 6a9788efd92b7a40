/// The taxable value within a price that includes its taxes.
enum InclusivePrice {
    /// `price × 10000 ÷ (10000 + rate + cess)`, half up. Taxes are rounded one by one, so that value and taxes can miss the price by a
    /// paisa; where a value one paisa beside meets it, that one is taken. Where none does, the difference goes to the round-off.
    ///
    /// - Throws: `amountOutOfRange`.
    static func taxable(of price: Int64, by rule: TaxRate, _ nature: SupplyNature) throws(BillingError) -> (taxable: Int64, tax: LineTax) {
        let isTaxed = rule.taxability == .taxable && !nature.isBillOfSupply && nature != .zeroRatedWithoutTax
        guard isTaxed else { return (price, .none) }
        let nearest = try price.scaled(by: Rate.whole, over: Rate.whole + rule.rate.basisPoints + rule.cess.basisPoints)
        let tax = try LineTax(on: nearest, by: rule, nature)
        let missing = try price.minus(try nearest.plus(try tax.total()))
        guard missing != 0, nearest > 0 else { return (nearest, tax) }
        let beside = nearest + (missing > 0 ? 1 : -1)
        let besideTax = try LineTax(on: beside, by: rule, nature)
        return try beside.plus(try besideTax.total()) == price ? (beside, besideTax) : (nearest, tax)
    }
}
