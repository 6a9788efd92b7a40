/// A value and its taxes, in paise.
struct TaxedValue: Hashable, Sendable {
    var taxable: Int64 = 0
    var igst: Int64 = 0
    var cgst: Int64 = 0
    /// Of the state or the union territory.
    var sgst: Int64 = 0
    var cess: Int64 = 0

    /// - Throws: `amountOutOfRange`.
    mutating func add(_ other: TaxedValue) throws(BillingError) {
        taxable = try taxable.plus(other.taxable)
        igst = try igst.plus(other.igst)
        cgst = try cgst.plus(other.cgst)
        sgst = try sgst.plus(other.sgst)
        cess = try cess.plus(other.cess)
    }

    /// What is taken back.
    ///
    /// - Throws: `amountOutOfRange`.
    func negated() throws(BillingError) -> TaxedValue {
        TaxedValue(
            taxable: try Int64(0).minus(taxable), igst: try Int64(0).minus(igst), cgst: try Int64(0).minus(cgst),
            sgst: try Int64(0).minus(sgst), cess: try Int64(0).minus(cess))
    }
}
