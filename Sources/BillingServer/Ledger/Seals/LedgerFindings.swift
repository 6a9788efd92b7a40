internal import BillingAPI

/// What is wrong, as a caller reads it.
extension LedgerFinding {
    init(_ flaw: SealChain.Flaw, of seal: LedgerSeal?) {
        self.init()
        let number = seal?.number ?? 0
        switch flaw {
        case .missing(let numbers):
            self.flaw = .sealMissing
            sealNumber = numbers.lowerBound
            description =
                numbers.count == 1
                ? "Seal \(numbers.lowerBound) is gone." : "The seals \(numbers.lowerBound) to \(numbers.upperBound) are gone."
        case .altered:
            self.flaw = .sealAltered
            sealNumber = number
            description = "Seal \(number) was changed: its digest is not that of what it says."
        case .unlinked:
            self.flaw = .sealAltered
            sealNumber = number
            description = "Seal \(number) does not follow the one before it: it names another digest."
        case .unknown:
            self.flaw = .sealAltered
            sealNumber = number
            description = "Seal \(number) is another one than the one that is known."
        }
    }

    init(_ flaw: SealCheck.Flaw, _ journal: SealedJournal, under seal: LedgerSeal) {
        self.init()
        sealNumber = seal.number
        journalID = journal.id.description
        switch flaw {
        case .altered:
            self.flaw = .journalAltered
            let more = journal.flaw.map { " It \($0)." } ?? ""
            description = "Journal \(journal.id) is not what it was when seal \(seal.number) was made.\(more)"
        case .added:
            self.flaw = .journalAdded
            description = "Journal \(journal.id) stands among those of seal \(seal.number), and was not there when it was made."
        }
    }

    init(missing journal: RecordID, under seal: LedgerSeal) {
        self.init()
        flaw = .journalMissing
        sealNumber = seal.number
        journalID = journal.description
        description = "Journal \(journal) was there when seal \(seal.number) was made, and is gone."
    }

    init(unbalanced journal: SealedJournal, _ sentence: String) {
        self.init()
        flaw = .journalUnbalanced
        journalID = journal.id.description
        description = "Journal \(journal.id) \(sentence)."
    }

    init(_ sum: WrongSumRow) {
        self.init()
        flaw = sum.day == nil ? .balanceWrong : .dayWrong
        account = sum.account
        customerID = sum.party?.description ?? ""
        currencyCode = sum.currency
        effectiveOn = sum.day?.description ?? ""
        let place = sum.day.map { " on \($0)" } ?? ""
        description =
            "Account \(sum.account)\(place) is kept as \(sum.kept) \(sum.currency) (debit / credit in smallest units), and its lines are \(sum.found)."
    }
}
