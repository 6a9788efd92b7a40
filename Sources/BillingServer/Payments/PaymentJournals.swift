/// The journals of payments. What invoices owe is taken off the receivable of the customer they were issued to, who may have been merged into
/// the one who pays.
extension Journal {
    /// A payment: what came in by each tender, what of it pays invoices, and what is left as the customer's advance.
    ///
    /// - Parameters:
    ///   - fromSuspense: the money came before, and nobody knew whose it is.
    ///   - allocated: by whose receivable.
    /// - Throws: `currencyMismatch`, `amountNotPositive`, `journalUnbalanced` when the tenders do not add up to the parts.
    static func paid(
        _ tenders: [Tender], fromSuspense: Bool = false, allocated: [RecordID: Int64], advance: Int64, by customer: RecordID,
        in currency: Currency
    ) throws(BillingError) -> Journal {
        var draft = JournalDraft(in: currency)
        for tender in tenders {
            let amount = try tender.amount.minorUnits(in: currency)
            guard amount > 0 else { throw .amountNotPositive }
            try draft.add(.debit, fromSuspense ? .suspense : tender.method.account, amount)
        }
        try draft.add(.credit, allocated)
        try draft.add(.credit, .customerAdvances, of: customer, advance)
        return try draft.journal()
    }

    /// An advance that pays invoices now.
    ///
    /// - Parameter allocated: by whose receivable.
    /// - Throws: `journalTooShort` when nothing is allocated, `amountOutOfRange`.
    static func creditApplied(_ allocated: [RecordID: Int64], of customer: RecordID, in currency: Currency) throws(BillingError) -> Journal
    {
        var draft = JournalDraft(in: currency)
        try draft.add(.debit, .customerAdvances, of: customer, try Int64(checked: allocated.values.reduce(Int128(0)) { $0 + Int128($1) }))
        try draft.add(.credit, allocated)
        return try draft.journal()
    }

    /// Parts of a payment that paid invoices and are an advance again. Not the reversal of a journal, since that had other parts as well.
    static func released(_ amount: Int64, from receivable: RecordID, to customer: RecordID, in currency: Currency) throws(BillingError)
        -> Journal
    {
        var draft = JournalDraft(in: currency)
        try draft.add(.debit, .receivable, of: receivable, amount)
        try draft.add(.credit, .customerAdvances, of: customer, amount)
        return try draft.journal()
    }

    /// Money of which nobody knows yet whose it is.
    static func received(_ tender: Tender) throws(BillingError) -> Journal {
        var draft = JournalDraft(in: tender.amount.currency)
        try draft.add(.debit, tender.method.account, tender.amount.minorUnits)
        try draft.add(.credit, .suspense, tender.amount.minorUnits)
        return try draft.journal()
    }

    /// An advance that is given back.
    static func refunded(_ tender: Tender, to customer: RecordID) throws(BillingError) -> Journal {
        var draft = JournalDraft(in: tender.amount.currency)
        try draft.add(.debit, .customerAdvances, of: customer, tender.amount.minorUnits)
        try draft.add(.credit, tender.method.account, tender.amount.minorUnits)
        return try draft.journal()
    }
}

extension JournalDraft {
    fileprivate mutating func add(_ side: JournalLine.Side, _ receivables: [RecordID: Int64]) throws(BillingError) {
        for (customer, amount) in receivables.sorted(by: { $0.key < $1.key }) { try add(side, .receivable, of: customer, amount) }
    }
}
