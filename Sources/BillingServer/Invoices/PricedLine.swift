/// One line of a document before tax.
struct PricedLine: Hashable, Sendable {
    let hsn: HSNCode
    let quantity: Quantity
    /// Of one unit, in smallest units of the document's currency.
    let unitPrice: Int64
    /// The price is what the buyer pays, taxes and all.
    var isInclusive = false
    var discount = Discount.none

    /// What stands in the line's column of amounts before and after its own discount, in smallest units.
    ///
    /// - Throws: `quantityNotPositive`, `amountNotPositive` for a negative price, `discountExceedsValue`, `amountOutOfRange`.
    func amounts() throws(BillingError) -> (gross: Int64, discount: Int64) {
        guard quantity.milli > 0 else { throw .quantityNotPositive }
        guard unitPrice >= 0 else { throw .amountNotPositive }
        let gross = try quantity.value(atUnitPrice: unitPrice)
        return (gross, try discount.amount(from: gross))
    }
}
