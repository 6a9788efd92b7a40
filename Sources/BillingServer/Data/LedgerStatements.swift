internal import Postgres

/// The statements of the ledger. There is none that changes or removes what was posted.
extension SQL {
    /// Both parts of a journal in one statement. The database refuses it when the transaction commits unless it is whole and balanced;
    /// ``Journal`` makes no other.
    static func postJournal(_ posting: Posting) -> SQL {
        let lines = posting.journal.lines
        let count = Int16(truncatingIfNeeded: lines.count)
        return """
            WITH journal AS (
                INSERT INTO ledger_journal (
                    tenant_id, id, effective_on, document_kind, document_id, description, posted_by, line_count, reverses_id
                ) VALUES (
                    current_tenant(), \(posting.id), \(posting.effectiveOn), \(posting.document.kind.rawValue), \(posting.document.id),
                    \(posting.description), \(posting.postedBy), \(count), \(posting.reverses)
                ) RETURNING effective_on
            )
            INSERT INTO ledger_line (
                tenant_id, journal_id, number, effective_on, line_count, account, party_id, currency, debit, credit
            )
            SELECT current_tenant(), \(posting.id), line.number, effective_on, \(count), line.account, line.party_id, line.currency,
                line.debit, line.credit
            FROM journal CROSS JOIN unnest(
                \(lines.map { Int32(truncatingIfNeeded: $0.account.code.number) }), \(lines.map { $0.account.customer ?? .none }),
                \(lines.map(\.amount.currency.code)), \(lines.map { $0.side == .debit ? $0.amount.minorUnits : 0 }),
                \(lines.map { $0.side == .credit ? $0.amount.minorUnits : 0 })
            ) WITH ORDINALITY AS line (account, party_id, currency, debit, credit, number)
            """
    }

    /// The lines of one journal, by number.
    static func journalLines(of id: RecordID) -> SQL {
        """
        SELECT account, party_id, currency, debit, credit FROM ledger_line
        WHERE tenant_id = current_tenant() AND journal_id = \(id) ORDER BY number
        """
    }

    /// One journal without its lines.
    static func journal(_ id: RecordID) -> SQL {
        """
        SELECT effective_on, document_kind, document_id, posted_by, description
        FROM ledger_journal WHERE tenant_id = current_tenant() AND id = \(id)
        """
    }

    /// The customers of these that documents can be made for: neither merged nor deleted, held until the transaction ends, in the order of their ids.
    static func lockParties(_ customers: [RecordID]) -> SQL {
        """
        SELECT id FROM customer WHERE tenant_id = current_tenant() AND id = ANY (\(customers)) AND merged_into IS NULL
            AND anonymised_at IS NULL ORDER BY id FOR UPDATE
        """
    }

    /// A page of an account's lines, the oldest day first.
    static func ledgerEntries(of account: Account, _ days: DayRange, after last: LedgerEntryRow?, limit: Int) -> SQL {
        """
        SELECT line.journal_id, line.number, line.effective_on, posted_at, document_kind, document_id, description, reverses_id, account,
            party_id, currency, debit, credit
        FROM ledger_line AS line JOIN ledger_journal AS journal ON (journal.tenant_id, journal.id) = (line.tenant_id, line.journal_id)
        WHERE line.tenant_id = current_tenant() AND line.party_id = \(account.customer ?? .none)
            AND line.account = \(Int32(truncatingIfNeeded: account.code.number)) AND line.effective_on <= \(days.to)
            AND (line.effective_on, line.journal_id, line.number)
                > (\(last?.effectiveOn ?? days.from), \(last?.journalID ?? .none), \(last?.number ?? 0))
        ORDER BY line.effective_on, line.journal_id, line.number LIMIT \(limit)
        """
    }

    /// The sums of an account, or of a customer's part of it, a row for each currency.
    static func balances(of account: Account) -> SQL {
        """
        SELECT account, currency, debit, credit FROM ledger_balance
        WHERE tenant_id = current_tenant() AND account = \(Int32(truncatingIfNeeded: account.code.number))
            AND party_id = \(account.customer ?? .none) ORDER BY currency
        """
    }

    /// The sums of every account through a day, a row for each currency. Reads a row for each account and day, however many lines there are.
    static func trialBalance(asOf date: CivilDate) -> SQL {
        """
        SELECT account, currency, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit FROM ledger_day
        WHERE tenant_id = current_tenant() AND effective_on <= \(date) GROUP BY account, currency ORDER BY account, currency
        """
    }

    /// The accounts whose kept sums are others than the sums of their lines: none, unless somebody has passed the triggers.
    static let wrongBalances: SQL = """
        WITH summed AS (
            SELECT account, party_id, currency, sum(debit) AS debit, sum(credit) AS credit FROM ledger_line
            WHERE tenant_id = current_tenant() GROUP BY account, party_id, currency
        )
        SELECT account, currency, coalesce(kept.debit, 0) AS debit, coalesce(kept.credit, 0) AS credit
        FROM summed FULL JOIN (SELECT * FROM ledger_balance WHERE tenant_id = current_tenant()) AS kept USING (account, party_id, currency)
        WHERE (summed.debit, summed.credit) IS DISTINCT FROM (kept.debit, kept.credit) ORDER BY account, currency
        """
}
