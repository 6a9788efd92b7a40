/// What credit notes have left of an invoice's line.
struct CreditableLine: Hashable, Sendable {
    let row: InvoiceLineRow
    private(set) var quantity: Quantity
    private(set) var taxable: Int64
    private(set) var tax: LineTax

    /// - Parameter taken: what the notes so far have taken off.
    init(_ row: InvoiceLineRow, taken: CreditedLine?) throws(BillingError) {
        self.row = row
        quantity = try row.quantity.subtracting(taken?.quantity ?? .zero)
        taxable = try row.taxable.minus(taken?.taxable ?? 0)
        tax = try row.tax.less(taken?.tax ?? .none)
    }

    var isEmpty: Bool { taxable == 0 && tax == .none && quantity == .zero }

    /// Takes a part off, with its taxes at the line's own rates. Whoever takes all that is left gets the last paisa of each tax, so that the
    /// notes of a line add up to it.
    ///
    /// - Throws: `creditExceedsLine`, `amountOutOfRange`.
    mutating func take(_ part: NoteDraft.Part, _ nature: SupplyNature) throws(BillingError) -> CreditedLine {
        let (takenQuantity, value): (Quantity, Int64)
        switch part {
        case .quantity(let wanted, let unit):
            guard wanted <= quantity, unit.isEmpty || unit == row.unit else { throw .creditExceedsLine(row.number) }
            takenQuantity = wanted
            value = wanted == quantity ? taxable : min(taxable, try row.taxable.scaled(by: wanted.milli, over: row.quantity.milli))
        case .value(let wanted):
            guard wanted <= taxable else { throw .creditExceedsLine(row.number) }
            (takenQuantity, value) = (.zero, wanted)
        }
        let takenTax = value == taxable ? tax : try LineTax(on: value, by: try row.rule(), nature).atMost(tax)
        quantity = try quantity.subtracting(takenQuantity)
        taxable -= value
        tax = try tax.less(takenTax)
        return CreditedLine(number: row.number, quantity: takenQuantity, unit: row.unit, taxable: value, tax: takenTax)
    }

    /// All that is left.
    mutating func takeRest() -> CreditedLine {
        let rest = CreditedLine(number: row.number, quantity: quantity, unit: row.unit, taxable: taxable, tax: tax)
        (quantity, taxable, tax) = (.zero, 0, .none)
        return rest
    }
}

/// What a credit note takes off one line.
struct CreditedLine: Hashable, Sendable {
    let number: Int
    let quantity: Quantity
    let unit: String
    let taxable: Int64
    let tax: LineTax
}

extension LineTax {
    /// - Throws: `amountOutOfRange`.
    func less(_ other: LineTax) throws(BillingError) -> LineTax {
        var rest = self
        rest.cgst = try cgst.minus(other.cgst)
        rest.sgst = try sgst.minus(other.sgst)
        rest.igst = try igst.minus(other.igst)
        rest.cess = try cess.minus(other.cess)
        return rest
    }

    /// Each tax no more than another one's: halves that were rounded up one by one can come to a paisa more than their whole.
    func atMost(_ other: LineTax) -> LineTax {
        var tax = self
        tax.cgst = min(cgst, other.cgst)
        tax.sgst = min(sgst, other.sgst)
        tax.igst = min(igst, other.igst)
        tax.cess = min(cess, other.cess)
        return tax
    }
}
