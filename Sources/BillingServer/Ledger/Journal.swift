/// Lines that are posted together or not at all. In each currency the debits are equal to the credits: there is no other journal.
struct Journal: Hashable, Sendable {
    let lines: [JournalLine]

    /// - Throws: `journalTooShort`, `journalTooLong`, `journalUnbalanced`.
    init(_ lines: [JournalLine]) throws(BillingError) {
        guard lines.count >= 2 else { throw .journalTooShort }
        guard lines.count <= Limits.journalLines else { throw .journalTooLong(limit: Limits.journalLines) }
        var differences: [Currency: Int128] = [:]
        for line in lines { differences[line.amount.currency, default: 0] += Int128(line.signedMinorUnits) }
        if let unbalanced = differences.filter({ $0.value != 0 }).keys.min() { throw .journalUnbalanced(unbalanced) }
        self.lines = lines
    }

    private init(known lines: [JournalLine]) { self.lines = lines }

    /// The same amounts on the other sides. Posted after this one, it leaves every account as it was: so errors are corrected, never by
    /// a change of what was posted.
    var reversed: Journal { Journal(known: lines.map(\.reversed)) }
}
