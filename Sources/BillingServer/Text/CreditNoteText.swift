/// A credit note in print, in as many columns as an invoice.
struct CreditNoteText: Sendable {
    let lines: [String]

    /// - Parameters:
    ///   - taken: what the note takes off.
    ///   - invoice: what it is against, with all lines.
    init(_ note: CreditNoteRow, _ taken: [CreditedLine], of invoice: InvoiceRow, _ items: [InvoiceLineRow], _ parties: DocumentParties) {
        let pairs = taken.compactMap { line in items.first { $0.number == line.number }.map { (line, $0) } }
        var text = TextColumns(width: TextColumns.page)
        DocumentHeading(
            title: note.status == .cancelled ? "CREDIT NOTE (CANCELLED)" : "CREDIT NOTE", number: note.number, issuedOn: note.issuedOn,
            parties: parties, buyerGSTIN: invoice.buyerGSTIN, place: invoice.place,
            invoice: invoice.number.map { ($0.text, $0.issuedOn) }
        ).write(to: &text)
        text.row(["Line", "Description", "HSN", "Quantity", "Taxable"], Self.columns)
        text.rule()
        for (line, item) in pairs {
            // A change of value takes no goods off.
            let quantity = line.quantity == .zero ? "" : "\(line.quantity) \(item.unit)"
            text.row(
                ["\(line.number)", item.description, item.hsn.description, quantity, TextColumns.rupees(line.taxable)], Self.columns)
        }
        text.rule()
        let taxes = TaxTable(
            nature: invoice.nature,
            parts: pairs.map { .init(rate: $1.rate, cessRate: $1.cessRate, taxable: $0.taxable, tax: $0.tax) })
        taxes.write(to: &text)
        text.rule()
        taxes.writeSums(
            taxable: note.taxable, note.tax, roundOff: note.roundOff, total: ("Credited, INR", note.total), to: &text)
        text.rule()
        text.paragraph(AmountInWords.text(Money(minorUnits: note.total, .inr)))
        text.paragraph(invoice.nature.remark)
        text.paragraph("Reason: \(note.reason.words)")
        text.paragraph(note.notes)
        lines = text.lines
    }

    private static let columns: [TextColumns.Column] = [.left(6), .left(42), .left(10), .right(18), .right(20)]
}

extension NoteReason {
    fileprivate var words: String {
        switch self {
        case .goodsReturned: "goods returned"
        case .priceAdjustment: "price adjustment"
        case .discount: "discount"
        case .damagedGoods: "damaged goods"
        case .shortSupply: "short supply"
        case .other: "other"
        }
    }
}
