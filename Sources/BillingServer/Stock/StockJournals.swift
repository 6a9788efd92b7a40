extension Posting {
    /// What goods take along or bring back less or more than the reversal of their document's journal has it.
    ///
    /// - Parameter value: added to the stock account, in paise.
    /// - Returns: nil for nothing.
    /// - Throws: `amountOutOfRange`.
    static func adjustment(
        _ value: Int64, of document: Document, id: RecordID, on day: CivilDate, by caller: String, description: String
    ) throws(BillingError) -> Posting? {
        try Journal.adjusted(value, in: .inr).map {
            Posting(id: id, journal: $0, effectiveOn: day, document: document, postedBy: caller, description: description)
        }
    }
}

/// The journals by which the stock account's balance is what the batches have cost.
extension Journal {
    /// Goods that came: the stock account against where their cost comes from.
    ///
    /// - Returns: nil when they have cost nothing.
    /// - Throws: `amountOutOfRange`.
    static func received(_ costs: [Money], from source: AccountCode) throws(BillingError) -> Journal? {
        var sums: [Currency: Int64] = [:]
        for cost in costs { sums[cost.currency] = try (sums[cost.currency] ?? 0).plus(cost.minorUnits) }
        var lines: [JournalLine] = []
        for (currency, sum) in sums.sorted(by: { $0.key < $1.key }) where sum > 0 {
            let amount = Money(minorUnits: sum, currency)
            lines.append(try JournalLine(.debit, try Account(.stock), amount))
            lines.append(try JournalLine(.credit, try Account(source), amount))
        }
        return lines.isEmpty ? nil : try Journal(lines)
    }

    /// Goods that were found or are gone: the stock account against the cost of goods sold.
    ///
    /// - Parameter value: below zero what is gone, in smallest units.
    /// - Returns: nil when they have cost nothing.
    /// - Throws: `amountOutOfRange`.
    static func adjusted(_ value: Int64, in currency: Currency) throws(BillingError) -> Journal? {
        var draft = JournalDraft(in: currency)
        try draft.add(.debit, .stock, value)
        try draft.add(.credit, .costOfGoodsSold, value)
        return draft.isEmpty ? nil : try draft.journal()
    }
}
