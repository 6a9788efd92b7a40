internal import Postgres

/// The statements over what customers owe, from the ledger. A customer's entries are those of who was merged into it as well.
extension SQL {
    /// What is one party's own, without who was merged into it: what a merger moves.
    static func partyBalances(_ id: RecordID) -> SQL {
        """
        SELECT currency, coalesce(sum(debit - credit) FILTER (WHERE account = 1100), 0)::bigint AS owed,
            coalesce(sum(credit - debit) FILTER (WHERE account = 2200), 0)::bigint AS advance
        FROM ledger_balance
        WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND party_id = \(id)
        GROUP BY currency ORDER BY currency
        """
    }

    /// At the end of a day, a row for each currency with entries up to then.
    static func customerBalances(_ id: RecordID, asOf day: CivilDate) -> SQL {
        """
        SELECT currency, coalesce(sum(debit - credit) FILTER (WHERE account = 1100), 0)::bigint AS owed,
            coalesce(sum(credit - debit) FILTER (WHERE account = 2200), 0)::bigint AS advance
        FROM ledger_line
        WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND party_id IN (\(customerFamily(id))) AND effective_on <= \(day)
        GROUP BY currency ORDER BY currency
        """
    }

    /// What was owed less what was paid ahead before a day.
    static func statementOpening(of id: RecordID, in currency: Currency, before day: CivilDate) -> SQL {
        """
        SELECT coalesce(sum(debit - credit), 0)::bigint AS balance FROM ledger_line
        WHERE tenant_id = current_tenant() AND account IN (1100, 2200) AND party_id IN (\(customerFamily(id)))
            AND currency = \(currency.code) AND effective_on < \(day)
        """
    }

    /// The entries of some days, by day, behind the last one of the page before. A merger moves within the account and is none of them.
    static func statementEntries(of id: RecordID, in currency: Currency, _ days: DayRange, after: StatementEntryRow?, limit: Int) -> SQL {
        let behind: SQL =
            if let last = after {
                " AND (line.effective_on, line.journal_id, line.number) > (\(last.effectiveOn), \(last.journal), \(last.number))"
            } else {
                ""
            }
        return """
            SELECT line.effective_on, line.journal_id, line.number, line.account, line.debit, line.credit, journal.document_kind,
                journal.document_id, journal.description, journal.reverses_id
            FROM ledger_line AS line JOIN ledger_journal AS journal ON (journal.tenant_id, journal.id) = (line.tenant_id, line.journal_id)
            WHERE line.tenant_id = current_tenant() AND line.account IN (1100, 2200) AND line.party_id IN (\(customerFamily(id)))
                AND line.currency = \(currency.code) AND line.effective_on BETWEEN \(days.from) AND \(days.to)
                AND journal.document_kind <> 'merger'\(behind)
            ORDER BY line.effective_on, line.journal_id, line.number LIMIT \(limit)
            """
    }

    /// Whose days documents have: the tenant's, also before it has said who it is.
    static let sellerTimeZone: SQL = """
        SELECT coalesce((SELECT time_zone FROM seller WHERE tenant_id = current_tenant()), 'Asia/Kolkata') AS time_zone
        """
}

/// An entry of a customer's account.
struct StatementEntryRow: RowDecodable, Hashable {
    let effectiveOn: CivilDate
    let journal: RecordID
    let number: Int16
    let account: Int32
    let debit: Int64
    let credit: Int64
    let documentKind: String
    let document: RecordID
    let description: String
    let reverses: RecordID?

    init(row: Row) throws(PostgresError) {
        effectiveOn = try row["effective_on"]
        journal = try row["journal_id"]
        number = try row["number"]
        account = try row["account"]
        debit = try row["debit"]
        credit = try row["credit"]
        documentKind = try row["document_kind"]
        document = try row["document_id"]
        description = try row["description"]
        reverses = try row["reverses_id"]
    }
}
