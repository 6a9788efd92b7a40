internal import Postgres
internal import Resources

extension SQL {
    /// The stocked products that are sold and low, newest first.
    ///
    /// - Parameter since: from when on what was sold counts, less what came back.
    static func lowStock(soldSince since: Instant, after last: RecordID?, limit: Int) -> SQL {
        let behind: SQL = last.map { " AND product.id < \($0)" } ?? ""
        return """
            SELECT id, name, unit, on_hand, minimum_stock, true AS is_low, greatest(0, coalesce((
                SELECT -sum(quantity) FROM stock_movement AS movement
                WHERE movement.tenant_id = current_tenant() AND product_id = stocked.id AND kind IN ('sale', 'return')
                    AND movement.id >= \(RecordID.first(ofMillisecond: since.unixMilliseconds)) AND moved_at >= \(since)
            ), 0))::bigint AS sold
            FROM (\(stockLevels) AND archived_at IS NULL\(behind)) AS stocked
            WHERE on_hand <= minimum_stock ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// The same of those products only whose stock or whose own row has changed since a time, with those that are not low, or no more.
    static func changedStock(since: Instant) -> SQL {
        """
        SELECT id, name, unit, on_hand, minimum_stock, on_hand <= minimum_stock AND archived_at IS NULL AS is_low, 0::bigint AS sold
        FROM (\(stockLevels) AND product.id IN (
            SELECT product_id FROM stock_movement
            WHERE stock_movement.tenant_id = current_tenant() AND stock_movement.id >= \(RecordID.first(ofMillisecond: since.unixMilliseconds))
            UNION ALL SELECT changed.id FROM product AS changed WHERE changed.tenant_id = current_tenant() AND changed.updated_at >= \(since)
        )) AS stocked ORDER BY id DESC
        """
    }

    private static var stockLevels: SQL {
        """
        SELECT id, name, unit, minimum_stock, archived_at, coalesce((
            SELECT sum(on_hand) FROM stock_batch WHERE stock_batch.tenant_id = current_tenant() AND product_id = product.id
        ), 0)::bigint AS on_hand
        FROM product WHERE tenant_id = current_tenant() AND is_stocked
        """
    }
}

/// How much there is of a product, and whether that is little.
struct StockLevelRow: RowDecodable {
    let product: RecordID
    let name: String
    let unit: String
    let onHand: Quantity
    let minimum: Quantity
    let isLow: Bool
    /// Lately, less what came back.
    let sold: Quantity

    init(row: Row) throws(PostgresError) {
        product = try row["id"]
        name = try row["name"]
        unit = try row["unit"]
        onHand = Quantity(milli: try row["on_hand"])
        minimum = Quantity(milli: try row["minimum_stock"])
        isLow = try row["is_low"]
        sold = Quantity(milli: try row["sold"])
    }
}
