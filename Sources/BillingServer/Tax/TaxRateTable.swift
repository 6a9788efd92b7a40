/// The rates of the law at all times. The longest prefix of a code that has a row for the day decides.
struct TaxRateTable: Sendable {
    /// By prefix, the later ones first.
    private var rows: [HSNCode: [TaxRate]] = [:]

    /// - Throws: `taxRateRange`, or `taxRatesOverlap` when two rows of one prefix have a day in common.
    init(_ rates: [TaxRate]) throws(BillingError) {
        for rate in rates {
            if let through = rate.through, through < rate.from { throw .taxRateRange(id: rate.id) }
            for other in rows[rate.prefix] ?? [] where other.overlaps(rate) { throw .taxRatesOverlap(id: other.id, other: rate.id) }
            rows[rate.prefix, default: []].append(rate)
        }
        for prefix in rows.keys { rows[prefix]?.sort { $0.from > $1.from } }
    }

    /// The row for a code at its time of supply.
    ///
    /// - Throws: `taxRateMissing`: no rate is ever assumed.
    func rate(for hsn: HSNCode, on date: CivilDate) throws(BillingError) -> TaxRate {
        var prefix: HSNCode? = hsn
        while let code = prefix {
            if let rate = rows[code]?.first(where: { $0.applies(on: date) }) { return rate }
            prefix = code.parent
        }
        throw .taxRateMissing(hsn: hsn, date: date)
    }
}
