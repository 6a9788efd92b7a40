/// Collects the lines of a journal in one currency. Amounts of zero make no line.
struct JournalDraft {
    private let currency: Currency
    private var lines: [JournalLine] = []

    var isEmpty: Bool { lines.isEmpty }

    init(in currency: Currency) { self.currency = currency }

    /// - Parameter minorUnits: below zero, the line goes to the other side.
    /// - Throws: `partyRequired`, `partyNotAllowed`, `amountOutOfRange`.
    mutating func add(
        _ side: JournalLine.Side, _ code: AccountCode, of customer: RecordID? = nil, _ minorUnits: Int64
    ) throws(BillingError) {
        guard minorUnits != 0 else { return }
        let amount = minorUnits < 0 ? try Int64(0).minus(minorUnits) : minorUnits
        let actual = minorUnits < 0 ? side.other : side
        lines.append(try JournalLine(actual, try Account(code, of: customer), Money(minorUnits: amount, currency)))
    }

    /// - Throws: `journalTooShort`, `journalTooLong`, `journalUnbalanced`.
    func journal() throws(BillingError) -> Journal { try Journal(lines) }
}
