/// One line of a journal. What it adds to which side is above zero: a negative debit does not exist.
struct JournalLine: Hashable, Sendable {
    enum Side: String, CaseIterable, Sendable {
        case debit, credit

        var other: Side { self == .debit ? .credit : .debit }
    }

    let account: Account
    let side: Side
    let amount: Money

    /// - Throws: `amountNotPositive`.
    init(_ side: Side, _ account: Account, _ amount: Money) throws(BillingError) {
        guard amount.minorUnits > 0 else { throw .amountNotPositive }
        self.account = account
        self.side = side
        self.amount = amount
    }

    private init(known side: Side, _ account: Account, _ amount: Money) {
        self.account = account
        self.side = side
        self.amount = amount
    }

    var reversed: JournalLine { JournalLine(known: side.other, account, amount) }

    /// What it adds to its account: debits above zero, credits below.
    var signedMinorUnits: Int64 { side == .debit ? amount.minorUnits : -amount.minorUnits }
}
