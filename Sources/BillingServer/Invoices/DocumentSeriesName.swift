/// The series that documents draw their numbers from.
enum DocumentSeriesName {
    static let invoice = "INV"
    static let proforma = "PRO"
    static let creditNote = "CRN"
    static let debitNote = "DBN"

    /// A caller's invoices may be in series of their own, but not in one of other documents.
    ///
    /// - Parameter text: empty for the usual one.
    /// - Throws: `invalid`.
    static func invoices(_ text: String) throws(BillingError) -> String {
        if text.isEmpty { return invoice }
        guard ![proforma, creditNote, debitNote, NumberSeries.paymentPrefix, NumberSeries.refundPrefix].contains(text) else {
            throw .invalid("series", "It is the series of other documents: take another one for invoices.")
        }
        return text
    }
}
