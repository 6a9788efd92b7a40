/// An invoice or a debit note in print: 96 columns of text, each line with its end.
struct InvoiceText: Sendable {
    let lines: [String]

    /// - Parameters:
    ///   - upiAddress: where the seller is paid by UPI today; empty where nowhere.
    ///   - invoice: what a debit note is against.
    init(
        _ row: InvoiceRow, _ items: [InvoiceLineRow], _ parties: DocumentParties, upiAddress: String,
        against invoice: InvoiceRow.Number?
    ) {
        var text = TextColumns(width: TextColumns.page)
        DocumentHeading(
            title: Self.title(row), number: row.number?.text, issuedOn: row.number?.issuedOn, due: row.dates.due, parties: parties,
            buyerGSTIN: row.buyerGSTIN, place: row.place, invoice: invoice.map { ($0.text, $0.issuedOn) }
        ).write(to: &text)
        text.row(["#", "Description", "HSN", "Quantity", "Price", "Discount", "Taxable"], Self.columns)
        text.rule()
        for item in items {
            text.row(
                [
                    "\(item.number)", item.description, item.hsn.description, item.quantity == .zero ? "" : "\(item.quantity) \(item.unit)",
                    TextColumns.rupees(item.unitPrice), TextColumns.rupees(item.discount + item.billDiscount),
                    TextColumns.rupees(item.taxable),
                ], Self.columns)
        }
        text.rule()
        let taxes = TaxTable(
            nature: row.nature,
            parts: items.map { .init(rate: $0.rate, cessRate: $0.cessRate, taxable: $0.taxable, tax: $0.tax) })
        taxes.write(to: &text)
        text.rule()
        let totals = row.totals
        taxes.writeSums(
            taxable: totals.taxable, totals.tax, roundOff: totals.roundOff, total: ("Payable, INR", totals.payable), to: &text)
        if row.paid > 0 { text.pair("Paid", TextColumns.rupees(row.paid)) }
        if row.credited > 0 { text.pair("Credited", TextColumns.rupees(row.credited)) }
        if row.paid + row.credited > 0 { text.pair("Left to pay", TextColumns.rupees(row.outstanding)) }
        text.rule()
        text.paragraph(AmountInWords.text(Money(minorUnits: row.payable, .inr)))
        text.paragraph(row.nature.remark)
        if !upiAddress.isEmpty && row.outstanding > 0 { text.line("Pay by UPI: \(upiAddress)") }
        text.paragraph(row.notes)
        lines = text.lines
    }

    private static func title(_ invoice: InvoiceRow) -> String {
        switch invoice.status {
        case .draft: return "DRAFT"
        case .void: return "VOID"
        case .proforma, .converted, .expired: return "PROFORMA INVOICE"
        case .issued, .partial, .paid, .cancelled:
            let name = invoice.corrects != nil ? "DEBIT NOTE" : invoice.nature.isBillOfSupply ? "BILL OF SUPPLY" : "TAX INVOICE"
            return invoice.status == .cancelled ? "\(name) (CANCELLED)" : name
        }
    }

    private static let columns: [TextColumns.Column] = [
        .left(4), .left(30), .left(9), .right(14), .right(13), .right(12), .right(14),
    ]
}

extension SupplyNature {
    /// What the law wants to be said on the document; empty where nothing.
    var remark: String {
        switch self {
        case .composition: "Composition taxable person, not eligible to collect tax on supplies."
        case .unregistered: "The supplier is not registered under GST: no tax is charged."
        case .zeroRatedWithoutTax: "Supply under a letter of undertaking without payment of integrated tax."
        case .intraState, .unionTerritory, .interState, .zeroRatedWithTax: ""
        }
    }
}
