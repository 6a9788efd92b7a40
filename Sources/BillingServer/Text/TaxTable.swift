/// The taxes of a document by rate, as Rules 46 and 53 want them.
struct TaxTable: Sendable {
    /// What a line bears.
    struct Part: Sendable {
        let rate: Rate
        let cessRate: Rate
        let taxable: Int64
        let tax: LineTax
    }

    let nature: SupplyNature
    let parts: [Part]

    private var isLocal: Bool { nature == .intraState || nature == .unionTerritory }
    private var partner: String { nature == .unionTerritory ? "UTGST" : "SGST" }

    func write(to text: inout TextColumns) {
        guard !nature.isBillOfSupply else { return }
        text.row(["Rate", "Taxable", isLocal ? "CGST" : "IGST", isLocal ? partner : "", "Cess"], Self.columns)
        let rates = Dictionary(grouping: parts) { [$0.rate, $0.cessRate] }
        for (key, group) in rates.sorted(by: { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }) {
            func sum(_ amount: (Part) -> Int64) -> String {
                TextColumns.rupees(Int64(clamping: group.reduce(Int128(0)) { $0 + Int128(amount($1)) }))
            }
            text.row(
                [
                    key[1] == .zero ? "\(key[0])" : "\(key[0]) + \(key[1])", sum(\.taxable), isLocal ? sum(\.tax.cgst) : sum(\.tax.igst),
                    isLocal ? sum(\.tax.sgst) : "", sum(\.tax.cess),
                ], Self.columns)
        }
    }

    /// The taxable value, each tax that there is, the round-off, and what all of it comes to.
    func writeSums(taxable: Int64, _ tax: LineTax, roundOff: Int64, total: (name: String, amount: Int64), to text: inout TextColumns) {
        text.pair("Taxable value", TextColumns.rupees(taxable))
        for (name, amount) in [("CGST", tax.cgst), (partner, tax.sgst), ("IGST", tax.igst), ("Cess", tax.cess)] where amount != 0 {
            text.pair(name, TextColumns.rupees(amount))
        }
        if roundOff != 0 { text.pair("Round-off", TextColumns.rupees(roundOff)) }
        text.pair(total.name, TextColumns.rupees(total.amount))
    }

    private static let columns: [TextColumns.Column] = [.left(20), .right(19), .right(19), .right(19), .right(19)]
}
