internal import Postgres
internal import Resources

/// Which movements a list shows.
struct MovementCriteria: Hashable, Sendable {
    var product: RecordID?
    var batch: RecordID?
    var document: RecordID?
    var kind: StockMovement.Kind?
    let from: Instant
    let before: Instant
}

/// A place in a list of batches.
struct BatchPosition: Hashable, Sendable {
    /// Nil behind all that expires.
    let expires: CivilDate?
    let id: RecordID
}

extension SQL {
    /// Movements, the newest first. An id begins with the milliseconds of its movement: an index finds the time, the column makes it exact.
    static func movements(_ criteria: MovementCriteria, after last: RecordID?, limit: Int) -> SQL {
        var conditions: SQL = """
            movement.tenant_id = current_tenant() AND movement.id >= \(RecordID.first(ofMillisecond: criteria.from.unixMilliseconds))
            AND movement.id < \(RecordID.first(ofMillisecond: criteria.before.unixMilliseconds + 1))
            AND moved_at >= \(criteria.from) AND moved_at < \(criteria.before)
            """
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let last { add("movement.id < \(last)") }
        if let product = criteria.product { add("product_id = \(product)") }
        if let batch = criteria.batch { add("batch_id = \(batch)") }
        if let document = criteria.document { add("document_id = \(document)") }
        if let kind = criteria.kind { add("kind = \(kind.rawValue)") }
        return """
            SELECT movement.id, product_id, batch_id, kind, quantity, on_hand, value, document_kind, document_id, journal_id, reason, moved_by,
                moved_at, unit, currency
            FROM stock_movement AS movement JOIN product ON product.tenant_id = current_tenant() AND product.id = product_id
            WHERE \(conditions) ORDER BY movement.id DESC LIMIT \(limit)
            """
    }

    /// Batches of which something is left, the first to expire first; what does not spoil comes last.
    static func batches(of product: RecordID?, expiringBy day: CivilDate?, after last: BatchPosition?, limit: Int) -> SQL {
        var conditions: SQL = "batch.tenant_id = current_tenant() AND on_hand > 0"
        func add(_ condition: SQL) { conditions = "\(conditions) AND \(condition)" }
        if let product { add("product_id = \(product)") }
        if let day { add("expires_on <= \(day)") }
        if let last { add("(coalesce(expires_on, 'infinity'), batch.id) > (coalesce(\(last.expires), 'infinity'::date), \(last.id))") }
        return """
            SELECT product_id, batch.id, lot, received_on, expires_on, on_hand, value, unit, currency
            FROM stock_batch AS batch JOIN product ON product.tenant_id = current_tenant() AND product.id = product_id
            WHERE \(conditions) ORDER BY coalesce(expires_on, 'infinity'), batch.id LIMIT \(limit)
            """
    }

    /// What is there of each product and has cost, by id.
    static func stockValues(after last: RecordID?, limit: Int) -> SQL {
        let behind: SQL = last.map { " AND product_id > \($0)" } ?? ""
        return """
            SELECT product.id, name, unit, currency, held.on_hand, held.value FROM (
                SELECT product_id, sum(on_hand)::bigint AS on_hand, sum(value)::bigint AS value FROM stock_batch
                WHERE tenant_id = current_tenant() AND on_hand > 0\(behind) GROUP BY product_id ORDER BY product_id LIMIT \(limit)
            ) AS held JOIN product ON product.tenant_id = current_tenant() AND product.id = held.product_id
            ORDER BY product.id
            """
    }

    /// What is there of all products has cost, a row for each currency.
    static let stockTotals: SQL = """
        SELECT currency, sum(value)::bigint AS value
        FROM stock_batch JOIN product ON product.tenant_id = current_tenant() AND product.id = product_id
        WHERE stock_batch.tenant_id = current_tenant() GROUP BY currency ORDER BY currency
        """
}
