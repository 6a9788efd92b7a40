internal import Postgres
internal import Resources

/// Which products a list shows.
struct ProductCriteria: Hashable, Sendable {
    /// As ``ProductName`` folds it; empty for any.
    var text = ""
    var barcode = ""
    var sku = ""
    var isLow = false
    var showsArchived = false
}

/// The statements that page through products by keyset: behind the last one of the page before.
extension SQL {
    static func products(_ criteria: ProductCriteria, at time: Instant, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = "tenant_id = current_tenant()"
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let last { add("id < \(last)") }
        if !criteria.showsArchived { add("archived_at IS NULL") }
        if !criteria.text.isEmpty { add("strpos(folded_name, \(criteria.text)) > 0") }
        if !criteria.barcode.isEmpty { add("barcode = \(criteria.barcode)") }
        if !criteria.sku.isEmpty { add("sku = \(criteria.sku)") }
        let matching: SQL = "SELECT \(stockedColumns(time)) FROM product WHERE \(conditions)"
        guard criteria.isLow else { return "\(matching) ORDER BY id DESC LIMIT \(limit)" }
        return """
            SELECT * FROM (\(matching) AND is_stocked) AS stocked WHERE on_hand <= minimum_stock ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// What is sold and may be meant by a text, the likeliest first: its whole name or code, how the name begins, what is in it, and at least half
    /// of the text's words.
    static func productsLike(_ text: ProductName, as written: String, at time: Instant, limit: Int) -> SQL {
        """
        SELECT * FROM (
            SELECT \(stockedColumns(time)), char_length(folded_name) AS length,
                CASE
                    WHEN folded_name = \(text.folded) OR sku = \(written) OR barcode = \(written) THEN 1
                    WHEN starts_with(folded_name, \(text.folded)) THEN 2
                    WHEN strpos(folded_name, \(text.folded)) > 0 THEN 3
                    ELSE 4
                END AS match,
                (SELECT count(*) FROM unnest(words) AS word WHERE word = ANY(\(text.words))) AS shared_words
            FROM product
            WHERE tenant_id = current_tenant() AND archived_at IS NULL AND (
                strpos(folded_name, \(text.folded)) > 0 OR words && \(text.words) OR sku = \(written) OR barcode = \(written)
            )
        ) AS found
        WHERE match < 4 OR shared_words * 2 >= \(Int64(text.words.count))
        ORDER BY match, shared_words DESC, length, id LIMIT \(limit)
        """
    }
}
