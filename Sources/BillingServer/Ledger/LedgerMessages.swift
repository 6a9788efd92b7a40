internal import BillingAPI
internal import Protobuf
internal import Resources

extension JournalLine {
    /// - Throws: `partyRequired`, `partyNotAllowed`, `currencyUnknown`, `amountNotPositive`, `amountTooLarge`.
    init(_ line: LedgerLine) throws(BillingError) {
        let account = try Account(number: line.account, customerID: line.customerID)
        guard let currency = Currency(line.amount?.currencyCode ?? "") else { throw .currencyUnknown }
        guard (line.amount?.minorUnits ?? 0) <= Limits.amount else { throw .amountTooLarge }
        try self.init(line.side == .debit ? .debit : .credit, account, Money(minorUnits: line.amount?.minorUnits ?? 0, currency))
    }

    var message: LedgerLine {
        .with {
            $0.account = Int32(truncatingIfNeeded: account.code.number)
            $0.customerID = account.customer?.description ?? ""
            $0.side = side == .debit ? .debit : .credit
            $0.amount = .with {
                $0.currencyCode = amount.currency.code
                $0.minorUnits = amount.minorUnits
            }
        }
    }
}

extension Account {
    /// An account as a request names it.
    ///
    /// - Throws: `invalid`, `partyRequired`, `partyNotAllowed`.
    init(number: Int32, customerID: String) throws(BillingError) {
        let customer = customerID.isEmpty ? nil : RecordID(customerID)
        if !customerID.isEmpty, customer == nil || customer == RecordID.none { throw .invalid("customer_id", "It is no id.") }
        try self.init(AccountCode(number: Int(number)), of: customer)
    }
}

extension Posting {
    /// A journal that somebody posts by hand.
    ///
    /// - Throws: `invalid`.
    init(_ request: PostJournalRequest, id: RecordID, by caller: String) throws(BillingError) {
        var violations = Violations()
        let day = violations.reading("effective_on") { () throws(BillingError) in try CivilDate(field: request.effectiveOn) }
        violations.text("description", request.description, isRequired: true)
        var lines: [JournalLine] = []
        lines.reserveCapacity(request.lines.count)
        for (index, line) in request.lines.enumerated() {
            guard let line = violations.reading("lines[\(index)]", { () throws(BillingError) in try JournalLine(line) }) else { continue }
            if line.account.code.isKeptByDocuments, !request.onKeptAccounts {
                violations.add("lines[\(index)].account", BillingError.accountKeptByDocuments(line.account.code).description)
            }
            lines.append(line)
        }
        // Whether they are balanced is worth saying only of lines that are ones.
        let journal = violations.isEmpty ? violations.reading("lines") { () throws(BillingError) in try Journal(lines) } : nil
        guard let day, let journal, violations.isEmpty else { throw .invalid(violations.all) }
        self.init(
            id: id, journal: journal, effectiveOn: day, document: Document(kind: .manual, id: id), postedBy: caller,
            description: request.description)
    }

    /// The customers on whose parts it is, in the order in which they are locked.
    var customers: [RecordID] { Set(journal.lines.compactMap(\.account.customer)).sorted() }

    var message: LedgerJournal {
        .with {
            $0.id = id.description
            $0.effectiveOn = effectiveOn.description
            $0.documentKind = document.kind.rawValue
            $0.documentID = document.id.description
            $0.description = description
            $0.postedBy = postedBy
            $0.reversesID = reverses?.description ?? ""
            $0.lines = journal.lines.map(\.message)
        }
    }
}

extension BalanceRow {
    var message: AccountBalance {
        .with {
            $0.account = Int32(truncatingIfNeeded: account.number)
            $0.currencyCode = currency.code
            $0.debit = debit
            $0.credit = credit
            // Both are sums of what is above zero, so that the difference fits.
            $0.balance = debit - credit
        }
    }
}
