internal import Postgres

extension SQL {
    /// All rates, past and coming, that may be for one of some codes: those of the codes themselves and of what they are part of.
    static func taxRates(prefixesOf codes: [HSNCode]) -> SQL {
        var prefixes: Set<String> = []
        for code in codes {
            var prefix: HSNCode? = code
            while let current = prefix {
                prefixes.insert(current.description)
                prefix = current.parent
            }
        }
        return """
            SELECT id, hsn_prefix, effective_from, \(effectiveThrough) AS effective_through, taxability, rate, cess, source FROM tax_rate
            WHERE tenant_id = current_tenant() AND hsn_prefix = ANY(\(prefixes.sorted()))
            """
    }

    /// A row is in force until the next one of its prefix begins.
    private static var effectiveThrough: SQL { "lead(effective_from) OVER (PARTITION BY hsn_prefix ORDER BY effective_from) - 1" }
}
