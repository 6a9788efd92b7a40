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

    /// A payment: what came in by each tender, what of it pays invoices, and what is left as the customer's advance.
    ///
    /// - Throws: `currencyMismatch`, `amountNotPositive`, `journalUnbalanced` when the tenders do not add up to the parts.
    static func paid(_ tenders: [Tender], allocated: Int64, advance: Int64, by customer: RecordID, in currency: Currency)
        throws(BillingError) -> Journal
    {
        var draft = JournalDraft(in: currency)
        for tender in tenders {
            let amount = try tender.amount.minorUnits(in: currency)
            guard amount > 0 else { throw .amountNotPositive }
            try draft.add(.debit, tender.method.account, amount)
        }
        try draft.add(.credit, .receivable, of: customer, allocated)
        try draft.add(.credit, .customerAdvances, of: customer, advance)
        return try draft.journal()
    }

    /// An advance that pays invoices now.
    ///
    /// - Throws: `amountNotPositive`.
    static func creditApplied(_ amount: Money, of customer: RecordID) throws(BillingError) -> Journal {
        try Journal([
            try JournalLine(.debit, try Account(.customerAdvances, of: customer), amount),
            try JournalLine(.credit, try Account(.receivable, of: customer), amount),
        ])
    }
}

extension JournalDraft {
    fileprivate func journalUnlessEmpty() throws(BillingError) -> Journal? { isEmpty ? nil : try journal() }
}
