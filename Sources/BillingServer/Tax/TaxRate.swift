/// One row of the law: what is levied on an HSN prefix from a day to a day, and where that is written.
struct TaxRate: Hashable, Sendable {
    let id: Int64
    let prefix: HSNCode
    let from: CivilDate
    /// The last day, or nil while no end is known.
    let through: CivilDate?
    let taxability: Taxability
    /// The whole of the tax: IGST, or CGST and SGST together.
    let rate: Rate
    let cess: Rate
    /// The notification that set it, such as `Notification 9/2025-Central Tax (Rate)`.
    let source: String

    func applies(on date: CivilDate) -> Bool { from <= date && through.map { date <= $0 } ?? true }

    func overlaps(_ other: TaxRate) -> Bool {
        (through.map { other.from <= $0 } ?? true) && (other.through.map { from <= $0 } ?? true)
    }
}

enum Taxability: String, CaseIterable, Sendable {
    /// Also at 0 %: such goods can bear a cess.
    case taxable
    case nilRated = "nil_rated"
    case exempt
    /// Outside of GST, such as petrol.
    case nonGST = "non_gst"
}
