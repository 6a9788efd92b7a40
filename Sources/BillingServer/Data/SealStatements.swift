internal import Postgres

/// The statements of the chain of seals. A transaction's number is a text here, since a parameter has no type for it.
extension SQL {
    /// Whether this transaction may seal: one at a time does for each tenant.
    static let tryToSeal: SQL = "SELECT pg_try_advisory_xact_lock(hashtextextended('ledger_seal ' || current_tenant(), 0))"

    private static let seals: SQL = """
        SELECT number, previous_digest, digest, first_posted_in::text::bigint AS first_posted_in, first_id,
            last_posted_in::text::bigint AS last_posted_in, last_id, contents
        FROM ledger_seal WHERE tenant_id = current_tenant()
        """

    static let lastSeal: SQL = "\(seals) ORDER BY number DESC LIMIT 1"

    static func ledgerSeals(after number: Int64, limit: Int) -> SQL {
        "\(seals) AND number > \(number) ORDER BY number LIMIT \(limit)"
    }

    static func insertSeal(_ seal: LedgerSeal) -> SQL {
        """
        INSERT INTO ledger_seal (
            tenant_id, number, previous_digest, digest, first_posted_in, first_id, last_posted_in, last_id, journal_count, contents
        ) VALUES (
            current_tenant(), \(seal.number), \(seal.previousDigest), \(seal.digest), \(String(seal.first.postedIn))::xid8,
            \(seal.first.id), \(String(seal.last.postedIn))::xid8, \(seal.last.id), \(Int16(truncatingIfNeeded: seal.contents.count)), \(seal.contents.bytes)
        )
        """
    }

    /// Journals with their lines behind a place, in the order in which they are sealed, and none of a transaction that might still be
    /// overtaken.
    ///
    /// - Parameter lines: with so many lines the page ends, however few journals they are of; each page has one journal at least.
    static func journalsToSeal(after place: JournalPlace, limit: Int, lines: Int) -> SQL {
        sealedJournals("posted_in < (SELECT ledger_horizon())", after: place, limit: limit, lines: lines)
    }

    /// The same up to the end of a seal.
    static func journalsUnderSeal(after place: JournalPlace, upTo last: JournalPlace, limit: Int, lines: Int) -> SQL {
        sealedJournals("(posted_in, id) <= (\(String(last.postedIn))::xid8, \(last.id))", after: place, limit: limit, lines: lines)
    }

    /// The same to the end, whether they can be sealed or not.
    static func journals(after place: JournalPlace, limit: Int, lines: Int) -> SQL {
        sealedJournals("true", after: place, limit: limit, lines: lines)
    }

    private static func sealedJournals(_ condition: SQL, after place: JournalPlace, limit: Int, lines: Int) -> SQL {
        """
        SELECT posted_in::text::bigint AS posted_in, id, effective_on - '1970-01-01'::date AS day, posted_at, document_kind, document_id,
            description, posted_by, line_count, reverses_id, numbers, days, line_counts, accounts, parties, currencies, debits, credits
        FROM (
            SELECT *, sum(line_count) OVER (ORDER BY posted_in, id ROWS UNBOUNDED PRECEDING) - line_count AS lines_before
            FROM ledger_journal
            WHERE tenant_id = current_tenant() AND (posted_in, id) > (\(String(place.postedIn))::xid8, \(place.id)) AND \(condition)
            ORDER BY posted_in, id LIMIT \(limit)
        ) AS journal LEFT JOIN LATERAL (
            SELECT array_agg(number) AS numbers, array_agg(effective_on - '1970-01-01'::date) AS days, array_agg(line_count) AS line_counts,
                array_agg(account) AS accounts, array_agg(party_id) AS parties, array_agg(currency) AS currencies,
                array_agg(debit) AS debits, array_agg(credit) AS credits
            FROM (
                SELECT number, effective_on, line_count, account, party_id, currency, debit, credit FROM ledger_line
                WHERE tenant_id = current_tenant() AND journal_id = journal.id ORDER BY number, effective_on, line_count
            ) AS line
        ) AS lines ON true
        WHERE lines_before < \(lines) ORDER BY posted_in, id
        """
    }

    /// The tenants behind one, by name, that have journals without a seal.
    static func tenantsToSeal(after tenant: String, limit: Int) -> SQL {
        "SELECT ledger_tenants_to_seal(\(tenant), \(limit))"
    }

    /// How many sums of accounts and days are kept.
    static let keptSums: SQL = """
        SELECT (SELECT count(*) FROM ledger_balance WHERE tenant_id = current_tenant())
            + (SELECT count(*) FROM ledger_day WHERE tenant_id = current_tenant())
        """

    /// Accounts whose kept sums are not those of their lines: one statement, so that it sees both at one moment.
    static let wrongAccounts: SQL = """
        WITH summed AS (
            SELECT account, party_id, currency, sum(debit) AS debit, sum(credit) AS credit FROM ledger_line
            WHERE tenant_id = current_tenant() GROUP BY account, party_id, currency
        )
        SELECT account, nullif(party_id, '00000000-0000-0000-0000-000000000000') AS party_id, currency, NULL::date AS effective_on,
            concat_ws(' / ', coalesce(kept.debit, 0), coalesce(kept.credit, 0)) AS kept,
            concat_ws(' / ', coalesce(summed.debit, 0), coalesce(summed.credit, 0)) AS found
        FROM summed FULL JOIN (SELECT * FROM ledger_balance WHERE tenant_id = current_tenant()) AS kept USING (account, party_id, currency)
        WHERE (summed.debit, summed.credit) IS DISTINCT FROM (kept.debit, kept.credit) ORDER BY account, party_id, currency
        LIMIT \(Limits.wrongSums)
        """

    /// Accounts' days whose kept sums are not those of their lines.
    static let wrongDays: SQL = """
        WITH summed AS (
            SELECT account, currency, effective_on, sum(debit) AS debit, sum(credit) AS credit FROM ledger_line
            WHERE tenant_id = current_tenant() GROUP BY account, currency, effective_on
        )
        SELECT account, NULL::uuid AS party_id, currency, effective_on,
            concat_ws(' / ', coalesce(kept.debit, 0), coalesce(kept.credit, 0)) AS kept,
            concat_ws(' / ', coalesce(summed.debit, 0), coalesce(summed.credit, 0)) AS found
        FROM summed FULL JOIN (SELECT * FROM ledger_day WHERE tenant_id = current_tenant()) AS kept USING (account, currency, effective_on)
        WHERE (summed.debit, summed.credit) IS DISTINCT FROM (kept.debit, kept.credit) ORDER BY account, currency, effective_on
        LIMIT \(Limits.wrongSums)
        """
}
