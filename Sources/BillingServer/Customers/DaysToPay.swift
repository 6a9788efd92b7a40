/// How long invoices took to be paid.
struct DaysToPay: Hashable, Sendable {
    let invoiceCount: Int64
    /// From issue to the last payment, summed up over all of them.
    let days: Int64
    /// The same from the day they were due; below zero when they were paid early.
    let lateDays: Int64

    /// In hundredths of a day, to the nearest. Zero without any invoice.
    ///
    /// - Throws: `amountOutOfRange`.
    func averages() throws(BillingError) -> (centidays: Int64, lateCentidays: Int64) {
        guard invoiceCount > 0 else { return (0, 0) }
        return (try days.scaled(by: 100, over: invoiceCount), try lateDays.scaled(by: 100, over: invoiceCount))
    }
}
