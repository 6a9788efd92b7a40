/// What a debit note comes to: parts of an invoice's lines once more, at the invoice's own rates, in whole rupees.
struct DebitNoteBill: Sendable {
    let lines: [InvoiceLineRow]
    let totals: InvoiceRow.Totals

    /// - Throws: `invalid` for a line that is not there or another unit, and for what comes to more than an amount may; `amountOutOfRange`.
    init(_ draft: NoteDraft, of invoice: [InvoiceLineRow], _ nature: SupplyNature, id: RecordID) throws(BillingError) {
        var lines: [InvoiceLineRow] = []
        var totals = InvoiceRow.Totals(gross: 0, discount: 0, taxable: 0, tax: .none, roundOff: 0, payable: 0)
        var difference: Int64 = 0
        for (index, wanted) in draft.parts.enumerated() {
            guard let original = invoice.first(where: { $0.number == wanted.number }) else {
                throw .invalid("lines[\(index)].line_number", "The invoice has no such line.")
            }
            let priced: PricedLine
            let (gross, discount): (Int64, Int64)
            switch wanted.part {
            case .quantity(let quantity, let unit):
                guard unit.isEmpty || unit == original.unit else {
                    throw .invalid("lines[\(index)].quantity.unit", "The invoice's line is in another unit.")
                }
                // A discount of so much was on the whole line; one in percent is on each piece.
                let asked: Discount = if case .percent = original.discountAsked { original.discountAsked } else { .none }
                priced = PricedLine(
                    hsn: original.hsn, quantity: quantity, unitPrice: original.unitPrice, isInclusive: original.isInclusive,
                    discount: asked)
                (gross, discount) = try priced.amounts()
            case .value(let value):
                // No piece more was sold.
                priced = PricedLine(hsn: original.hsn, quantity: .zero, unitPrice: value)
                (gross, discount) = (value, 0)
            }
            let taxed = try TaxedLine(
                priced, gross: gross, lineDiscount: discount, billDiscount: 0, rule: try original.rule(), nature: nature)
            let sold = SoldLine(adding: original.description, unit: original.unit, product: original.product, priced)
            lines.append(InvoiceLineRow(sold, taxed, of: id, number: index + 1, cost: 0))
            totals.gross = try totals.gross.plus(gross)
            totals.discount = try totals.discount.plus(discount)
            totals.taxable = try totals.taxable.plus(taxed.taxable)
            try totals.tax.add(taxed.tax)
            difference = try difference.plus(taxed.priceDifference)
        }
        let exact = try totals.taxable.plus(try totals.tax.total())
        totals.payable = try exact.plus(difference).scaled(by: 1, over: 100).scaled(by: 100, over: 1)
        totals.roundOff = try totals.payable.minus(exact)
        guard totals.payable <= Limits.amount else { throw .invalid("lines", BillingError.amountTooLarge.description) }
        self.lines = lines
        self.totals = totals
    }
}

extension InvoiceRow.Totals {
    /// - Returns: nil when nothing is payable.
    func journal(owedBy customer: RecordID, _ nature: SupplyNature) throws(BillingError) -> Journal? {
        var draft = JournalDraft(in: .inr)
        try draft.add(.debit, .receivable, of: customer, payable)
        try draft.add(.credit, .sales, taxable)
        try draft.add(.credit, .outputCGST, tax.cgst)
        try draft.add(.credit, nature == .unionTerritory ? .outputUTGST : .outputSGST, tax.sgst)
        try draft.add(.credit, .outputIGST, tax.igst)
        try draft.add(.credit, .outputCess, tax.cess)
        try draft.add(.credit, .roundOff, roundOff)
        return draft.isEmpty ? nil : try draft.journal()
    }
}
