/// A number that a voucher of this transaction has drawn from its series.
struct VoucherNumber: Hashable, Sendable {
    let series: NumberSeries
    let sequence: Int64
    /// In print.
    let text: String

    /// - Throws: `seriesExhausted`.
    init(_ sequence: Int64, of series: NumberSeries) throws(BillingError) {
        self.series = series
        self.sequence = sequence
        text = try series.number(sequence)
    }
}

extension NumberSeries {
    /// Receipt vouchers (rule 50 of the CGST Rules): a payment's number.
    static let paymentPrefix = "RCP"
    /// Refund vouchers (rule 51).
    static let refundPrefix = "RFD"
}
