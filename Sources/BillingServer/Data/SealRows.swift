internal import Postgres
internal import Resources

/// A seal as the database keeps it.
struct SealRow: RowDecodable {
    let seal: LedgerSeal

    init(row: Row) throws(PostgresError) {
        seal = LedgerSeal(
            number: try row["number"], previousDigest: try row["previous_digest"], digest: try row["digest"],
            first: JournalPlace(postedIn: try row["first_posted_in"], id: try row["first_id"]),
            last: JournalPlace(postedIn: try row["last_posted_in"], id: try row["last_id"]),
            contents: SealContents(bytes: try row["contents"]))
    }
}

/// A journal with all its lines as the database keeps them, be they right or not.
struct SealedJournalRow: RowDecodable {
    let journal: SealedJournal

    init(row: Row) throws(PostgresError) {
        // A journal without lines has none of these.
        let numbers: [Int16] = try row["numbers"] ?? []
        let days: [Int32] = try row["days"] ?? []
        let counts: [Int16] = try row["line_counts"] ?? []
        let accounts: [Int32] = try row["accounts"] ?? []
        let parties: [RecordID] = try row["parties"] ?? []
        let currencies: [String] = try row["currencies"] ?? []
        let debits: [Int64] = try row["debits"] ?? []
        let credits: [Int64] = try row["credits"] ?? []
        let lengths = [days.count, counts.count, accounts.count, parties.count, currencies.count, debits.count, credits.count]
        guard lengths.allSatisfy({ $0 == numbers.count }) else {
            throw PostgresError(.decoding, "The columns of a journal's lines have different lengths.", column: "numbers")
        }
        journal = SealedJournal(
            place: JournalPlace(postedIn: try row["posted_in"], id: try row["id"]), day: try row["day"], postedAt: try row["posted_at"],
            documentKind: try row["document_kind"], documentID: try row["document_id"], description: try row["description"],
            postedBy: try row["posted_by"], lineCount: try row["line_count"], reverses: try row["reverses_id"],
            lines: numbers.indices.map { index in
                SealedJournal.Line(
                    number: numbers[index], day: days[index], lineCount: counts[index], account: accounts[index], party: parties[index],
                    currency: currencies[index], debit: debits[index], credit: credits[index])
            })
    }
}

/// A kept sum that is not the sum of its lines. Amounts are texts: what a superuser wrote may be larger than any amount of ours.
struct WrongSumRow: RowDecodable {
    let account: Int32
    let party: RecordID?
    let currency: String
    /// Nil for the sum of all days.
    let day: CivilDate?
    let kept: String
    let found: String

    init(row: Row) throws(PostgresError) {
        account = try row["account"]
        party = try row["party_id"]
        currency = try row["currency"]
        day = try row["effective_on"]
        kept = try row["kept"]
        found = try row["found"]
    }
}
