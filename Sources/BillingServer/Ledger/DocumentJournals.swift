/// The journals that documents post.
extension Journal {
    /// An issued invoice: the customer owes what is payable, for sales, for the governments' taxes, and for the round-off.
    ///
    /// - Parameter cost: what the goods that left the stock had cost, in paise.
    /// - Returns: nil when nothing is payable and nothing has left the stock.
    /// - Throws: `amountOutOfRange`.
    static func issued(_ bill: TaxedBill, to customer: RecordID, cost: Int64 = 0) throws(BillingError) -> Journal? {
        var draft = JournalDraft(in: .inr)
        try draft.add(.debit, .receivable, of: customer, bill.payable)
        try draft.add(.credit, .sales, bill.taxable)
        try draft.add(.credit, .outputCGST, bill.tax.cgst)
        try draft.add(.credit, bill.place.nature == .unionTerritory ? .outputUTGST : .outputSGST, bill.tax.sgst)
        try draft.add(.credit, .outputIGST, bill.tax.igst)
        try draft.add(.credit, .outputCess, bill.tax.cess)
        try draft.add(.credit, .roundOff, bill.roundOff)
        try draft.add(.debit, .costOfGoodsSold, cost)
        try draft.add(.credit, .stock, cost)
        return try draft.journalUnlessEmpty()
    }
}

extension JournalDraft {
    fileprivate func journalUnlessEmpty() throws(BillingError) -> Journal? { isEmpty ? nil : try journal() }
}
