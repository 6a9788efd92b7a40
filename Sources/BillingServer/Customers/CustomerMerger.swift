/// What goes from one customer to another when they become one, in one currency.
struct CustomerMerger: Hashable, Sendable {
    let merged: RecordID
    let survivor: RecordID

    /// What is owed and what was paid ahead are the survivor's after it, and the merged one's account is empty; the tenant's sums are as
    /// they were. An account that is on its other side, as reversals of old journals leave it, moves as well.
    ///
    /// - Returns: nil when there is nothing to move.
    /// - Throws: `amountOutOfRange`.
    func journal(moving balance: CustomerBalance) throws(BillingError) -> Journal? {
        guard !balance.isSettled else { return nil }
        var draft = JournalDraft(in: balance.owed.currency)
        try draft.add(.debit, .receivable, of: survivor, balance.owed.minorUnits)
        try draft.add(.credit, .receivable, of: merged, balance.owed.minorUnits)
        try draft.add(.credit, .customerAdvances, of: survivor, balance.advance.minorUnits)
        try draft.add(.debit, .customerAdvances, of: merged, balance.advance.minorUnits)
        return try draft.journal()
    }
}
