/// What a statement has said so far: each entry is told what is owed after it.
struct StatementCourse: Hashable, Sendable {
    /// What is owed less what was paid ahead.
    private(set) var balance: Int64
    private(set) var debits: Int64 = 0
    private(set) var credits: Int64 = 0
    private(set) var entryCount: Int64 = 0

    init(opening balance: Int64) { self.balance = balance }

    /// - Throws: `amountOutOfRange`.
    mutating func add(debit: Int64, credit: Int64) throws(BillingError) {
        balance = try balance.plus(debit).minus(credit)
        debits = try debits.plus(debit)
        credits = try credits.plus(credit)
        entryCount += 1
    }
}
