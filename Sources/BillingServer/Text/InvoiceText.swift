/// An invoice in print: 96 columns of text, each line with its end.
struct InvoiceText: Sendable {
    let lines: [String]

    init(_ invoice: InvoiceRow, _ items: [InvoiceLineRow], seller: SellerRow, customer: CustomerRow) {
        var text = TextColumns(width: Self.width)
        text.centre(Self.title(invoice))
        text.rule()
        text.pair(seller.legalName, "Number: \(invoice.number?.text ?? "none yet")")
        text.pair(
            seller.gstin.isEmpty ? "Unregistered" : "GSTIN \(seller.gstin)", "Date: \(invoice.number?.issuedOn.description ?? "none yet")")
        text.pair("State \(seller.state)", invoice.dates.due.map { "Due: \($0)" } ?? "")
        text.paragraph(seller.address)
        text.rule()
        text.pair("To: \(customer.name)", invoice.place.map { "Place of supply: \($0)" } ?? "Place of supply: abroad")
        text.paragraph(customer.address)
        if !invoice.buyerGSTIN.isEmpty { text.line("GSTIN \(invoice.buyerGSTIN)") }
        text.rule()
        text.row(["#", "Description", "HSN", "Quantity", "Price", "Discount", "Taxable"], Self.columns)
        text.rule()
        for item in items {
            text.row(
                [
                    "\(item.number)", item.description, item.hsn.description, "\(item.quantity) \(item.unit)", Self.rupees(item.unitPrice),
                    Self.rupees(item.discount + item.billDiscount), Self.rupees(item.taxable),
                ], Self.columns)
        }
        text.rule()
        Self.taxes(invoice, items, &text)
        text.rule()
        Self.totals(invoice, &text)
        text.rule()
        text.paragraph(AmountInWords.text(Money(minorUnits: invoice.payable, .inr)))
        if invoice.nature == .composition { text.paragraph("Composition taxable person, not eligible to collect tax on supplies.") }
        if invoice.nature == .zeroRatedWithoutTax {
            text.paragraph("Supply under a letter of undertaking without payment of integrated tax.")
        }
        if !seller.upiAddress.isEmpty && invoice.outstanding > 0 { text.line("Pay by UPI: \(seller.upiAddress)") }
        text.paragraph(invoice.notes)
        lines = text.lines
    }

    /// The whole, so many lines at a time.
    func chunks(of count: Int) -> [String] {
        stride(from: 0, to: lines.count, by: count).map { start in
            lines[start..<min(start + count, lines.count)].reduce(into: "") { $0 += $1 + "\n" }
        }
    }

    /// The taxes by rate, as Rule 46 wants them.
    private static func taxes(_ invoice: InvoiceRow, _ items: [InvoiceLineRow], _ text: inout TextColumns) {
        guard invoice.nature != .composition else { return }
        let isLocal = invoice.nature == .intraState || invoice.nature == .unionTerritory
        let partner = invoice.nature == .unionTerritory ? "UTGST" : "SGST"
        text.row(["Rate", "Taxable", isLocal ? "CGST" : "IGST", isLocal ? partner : "", "Cess"], taxColumns)
        let rates = Dictionary(grouping: items) { [$0.rate, $0.cessRate] }
        for (key, group) in rates.sorted(by: { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }) {
            func sum(_ amount: (InvoiceLineRow) -> Int64) -> String {
                rupees(Int64(clamping: group.reduce(Int128(0)) { $0 + Int128(amount($1)) }))
            }
            text.row(
                [
                    key[1] == .zero ? "\(key[0])" : "\(key[0]) + \(key[1])", sum(\.taxable), isLocal ? sum(\.tax.cgst) : sum(\.tax.igst),
                    isLocal ? sum(\.tax.sgst) : "", sum(\.tax.cess),
                ], taxColumns)
        }
    }

    private static func totals(_ invoice: InvoiceRow, _ text: inout TextColumns) {
        let totals = invoice.totals
        text.pair("Taxable value", rupees(totals.taxable))
        let partner = invoice.nature == .unionTerritory ? "UTGST" : "SGST"
        for (name, amount) in [("CGST", totals.tax.cgst), (partner, totals.tax.sgst), ("IGST", totals.tax.igst), ("Cess", totals.tax.cess)]
        where amount != 0 { text.pair(name, rupees(amount)) }
        if totals.roundOff != 0 { text.pair("Round-off", rupees(totals.roundOff)) }
        text.pair("Payable, INR", rupees(totals.payable))
        if invoice.paid > 0 { text.pair("Paid", rupees(invoice.paid)) }
        if invoice.credited > 0 { text.pair("Credited", rupees(invoice.credited)) }
        if invoice.paid + invoice.credited > 0 { text.pair("Left to pay", rupees(invoice.outstanding)) }
    }

    private static func title(_ invoice: InvoiceRow) -> String {
        switch invoice.status {
        case .draft: return "DRAFT"
        case .void: return "VOID"
        case .proforma, .converted, .expired: return "PROFORMA INVOICE"
        case .issued, .partial, .paid, .cancelled:
            let name = invoice.corrects != nil ? "DEBIT NOTE" : invoice.nature == .composition ? "BILL OF SUPPLY" : "TAX INVOICE"
            return invoice.status == .cancelled ? "\(name) (CANCELLED)" : name
        }
    }

    private static func rupees(_ paise: Int64) -> String { IndianNumber.text(Money(minorUnits: paise, .inr)) }

    private static let width = 96
    private static let columns: [TextColumns.Column] = [
        .left(4), .left(30), .left(9), .right(14), .right(13), .right(12), .right(14),
    ]
    private static let taxColumns: [TextColumns.Column] = [.left(20), .right(19), .right(19), .right(19), .right(19)]
}
