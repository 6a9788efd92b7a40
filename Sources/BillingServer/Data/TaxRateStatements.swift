internal import Postgres
internal import Resources

extension SQL {
    /// All rates, past and coming, that may be for one of some codes: those of the codes themselves and of what they are part of.
    static func taxRates(prefixesOf codes: [HSNCode]) -> SQL {
        """
        SELECT id, hsn_prefix, effective_from, \(effectiveThrough) AS effective_through, taxability, rate, cess, source FROM tax_rate
        WHERE tenant_id = current_tenant() AND hsn_prefix = ANY(\(prefixes(of: codes)))
        """
    }

    /// A page of rates by prefix and day.
    ///
    /// - Parameters:
    ///   - code: whose prefixes' rates are wanted; nil for all.
    ///   - day: on which they are in force; nil for all.
    static func taxRates(
        for code: HSNCode?, on day: CivilDate?, after last: (prefix: String, from: CivilDate)?, limit: Int
    ) -> SQL {
        let named: SQL = code.map { " AND hsn_prefix = ANY(\(prefixes(of: [$0])))" } ?? ""
        let inForce: SQL = day.map { " AND effective_from <= \($0) AND coalesce(effective_through, \($0)) >= \($0)" } ?? ""
        let behind: SQL = last.map { " AND (hsn_prefix, effective_from) > (\($0.prefix), \($0.from))" } ?? ""
        return """
            SELECT * FROM (
                SELECT id, hsn_prefix, effective_from, \(effectiveThrough) AS effective_through, taxability, rate, cess, source, set_by, set_at
                FROM tax_rate WHERE tenant_id = current_tenant()\(named)
            ) AS known WHERE true\(inForce)\(behind) ORDER BY hsn_prefix, effective_from LIMIT \(limit)
            """
    }

    /// The number of the row, and its last day where a later row of the prefix is known already.
    static func insertTaxRate(_ draft: TaxRateDraft, by caller: String, at time: Instant) -> SQL {
        """
        INSERT INTO tax_rate (tenant_id, hsn_prefix, effective_from, taxability, rate, cess, source, set_by, set_at)
        VALUES (
            current_tenant(), \(draft.prefix.description), \(draft.from), \(draft.taxability.rawValue),
            \(Int32(clamping: draft.rate.basisPoints)), \(Int32(clamping: draft.cess.basisPoints)), \(draft.source), \(caller), \(time)
        )
        RETURNING id, hsn_prefix, effective_from, (
            SELECT min(later.effective_from) - 1 FROM tax_rate AS later
            WHERE later.tenant_id = current_tenant() AND later.hsn_prefix = \(draft.prefix.description)
                AND later.effective_from > \(draft.from)
        ) AS effective_through, taxability, rate, cess, source, set_by, set_at
        """
    }

    private static func prefixes(of codes: [HSNCode]) -> [String] {
        var prefixes: Set<String> = []
        for code in codes {
            var prefix: HSNCode? = code
            while let current = prefix {
                prefixes.insert(current.description)
                prefix = current.parent
            }
        }
        return prefixes.sorted()
    }

    /// A row is in force until the next one of its prefix begins.
    private static var effectiveThrough: SQL { "lead(effective_from) OVER (PARTITION BY hsn_prefix ORDER BY effective_from) - 1" }
}
