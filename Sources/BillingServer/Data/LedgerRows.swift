internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// The sums of an account's lines in one currency, in smallest units.
struct BalanceRow: RowDecodable, Hashable {
    let account: AccountCode
    let currency: Currency
    let debit: Int64
    let credit: Int64

    init(account: AccountCode, currency: Currency, debit: Int64, credit: Int64) {
        self.account = account
        self.currency = currency
        self.debit = debit
        self.credit = credit
    }

    init(row: Row) throws(PostgresError) {
        let number: Int32 = try row["account"]
        account = AccountCode(number: Int(number))
        currency = try Currency(row: row)
        debit = try row["debit"]
        credit = try row["credit"]
    }
}

/// A line of a journal as the database keeps it.
struct JournalLineRow: RowDecodable {
    let line: JournalLine

    init(row: Row) throws(PostgresError) {
        let (number, party): (Int32, RecordID) = (try row["account"], try row["party_id"])
        let (debit, credit): (Int64, Int64) = (try row["debit"], try row["credit"])
        let currency = try Currency(row: row)
        do throws(BillingError) {
            let account = try Account(AccountCode(number: Int(number)), of: party == .none ? nil : party)
            line = try JournalLine(debit > 0 ? .debit : .credit, account, Money(minorUnits: debit > 0 ? debit : credit, currency))
        } catch {
            throw PostgresError(.decoding, "A line of the ledger is none that this version posts: \(error)", column: "account")
        }
    }
}

/// A journal without its lines.
struct JournalRow: RowDecodable {
    let effectiveOn: CivilDate
    let documentKind: String
    let documentID: RecordID
    let postedBy: String
    let description: String

    init(row: Row) throws(PostgresError) {
        effectiveOn = try row["effective_on"]
        documentKind = try row["document_kind"]
        documentID = try row["document_id"]
        postedBy = try row["posted_by"]
        description = try row["description"]
    }

    /// What was posted by hand, and can be taken back so.
    ///
    /// - Throws: `journalOfDocument`.
    func manualPosting(_ id: RecordID, _ journal: Journal) throws(BillingError) -> Posting {
        guard documentKind == Posting.DocumentKind.manual.rawValue else { throw .journalOfDocument(kind: documentKind, id: documentID) }
        return Posting(
            id: id, journal: journal, effectiveOn: effectiveOn, document: Posting.Document(kind: .manual, id: documentID),
            postedBy: postedBy, description: description)
    }
}

/// A line as an account's statement shows it.
struct LedgerEntryRow: RowDecodable {
    let journalID: RecordID
    let number: Int16
    let effectiveOn: CivilDate
    let postedAt: Instant
    let documentKind: String
    let documentID: RecordID
    let description: String
    let reversesID: RecordID?
    let line: JournalLine

    init(row: Row) throws(PostgresError) {
        journalID = try row["journal_id"]
        number = try row["number"]
        effectiveOn = try row["effective_on"]
        postedAt = try row["posted_at"]
        documentKind = try row["document_kind"]
        documentID = try row["document_id"]
        description = try row["description"]
        reversesID = try row["reverses_id"]
        line = try JournalLineRow(row: row).line
    }

    var message: LedgerEntry {
        .with {
            $0.journalID = journalID.description
            $0.number = Int32(number)
            $0.effectiveOn = effectiveOn.description
            $0.postedAt = postedAt.timestamp
            $0.documentKind = documentKind
            $0.documentID = documentID.description
            $0.description = description
            $0.reversesID = reversesID?.description ?? ""
            $0.line = line.message
        }
    }
}

extension Currency {
    /// Of the column `currency`.
    init(row: Row) throws(PostgresError) {
        let code: String = try row["currency"]
        guard let currency = Currency(code) else {
            throw PostgresError(.decoding, "The ledger holds a currency that this version does not know.", column: "currency")
        }
        self = currency
    }
}
