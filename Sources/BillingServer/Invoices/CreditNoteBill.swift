/// What a credit note comes to, and where it goes.
struct CreditNoteBill: Hashable, Sendable {
    let lines: [CreditedLine]
    let taxable: Int64
    let tax: LineTax
    /// The notes of an invoice, when all of it is taken off, come to what was payable: its round-off is in the last one.
    let roundOff: Int64
    let total: Int64
    /// What of it was paid already: as much is released of what pays the invoice.
    let released: Int64

    /// - Parameters:
    ///   - lines: what is left of the invoice's lines.
    ///   - payableLeft: what was payable less what the notes so far come to.
    ///   - outstanding: what is owed for the invoice.
    /// - Throws: `creditExceedsLine`, `nothingToCredit`, `amountOutOfRange`, `invalid` for a line that is not there.
    init(
        _ draft: NoteDraft, of lines: [CreditableLine], _ nature: SupplyNature, payableLeft: Int64, outstanding: Int64
    ) throws(BillingError) {
        var left = lines
        var taken: [CreditedLine] = []
        if draft.parts.isEmpty {
            for index in left.indices where !left[index].isEmpty { taken.append(left[index].takeRest()) }
        }
        for (index, wanted) in draft.parts.enumerated() {
            guard let line = left.firstIndex(where: { $0.row.number == wanted.number }) else {
                throw .invalid("lines[\(index)].line_number", "The invoice has no such line.")
            }
            taken.append(try left[line].take(wanted.part, nature))
        }
        guard !taken.isEmpty else { throw .nothingToCredit }
        var (taxable, tax) = (Int64(0), LineTax.none)
        for line in taken {
            taxable = try taxable.plus(line.taxable)
            try tax.add(line.tax)
        }
        let exact = try taxable.plus(try tax.total())
        total = left.allSatisfy(\.isEmpty) ? payableLeft : min(exact, payableLeft)
        roundOff = try total.minus(exact)
        released = total - min(total, outstanding)
        self.lines = taken
        self.taxable = taxable
        self.tax = tax
    }

    /// - Parameters:
    ///   - customer: who owes the invoice.
    ///   - cost: what the goods had cost that came back.
    /// - Returns: nil when nothing changes hands.
    func journal(of customer: RecordID, _ nature: SupplyNature, cost: Int64) throws(BillingError) -> Journal? {
        var draft = JournalDraft(in: .inr)
        try draft.add(.debit, .salesReturns, taxable)
        try draft.add(.debit, .outputCGST, tax.cgst)
        try draft.add(.debit, nature == .unionTerritory ? .outputUTGST : .outputSGST, tax.sgst)
        try draft.add(.debit, .outputIGST, tax.igst)
        try draft.add(.debit, .outputCess, tax.cess)
        try draft.add(.debit, .roundOff, roundOff)
        try draft.add(.credit, .receivable, of: customer, total)
        try draft.add(.debit, .stock, cost)
        try draft.add(.credit, .costOfGoodsSold, cost)
        return draft.isEmpty ? nil : try draft.journal()
    }
}
