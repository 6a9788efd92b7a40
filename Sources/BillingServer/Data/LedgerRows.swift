internal import Postgres

/// The sums of an account's lines in one currency, in smallest units.
struct BalanceRow: RowDecodable, Hashable {
    let account: AccountCode
    let currency: Currency
    let debit: Int64
    let credit: Int64

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
