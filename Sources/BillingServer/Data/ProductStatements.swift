internal import Postgres
internal import Resources

extension SQL {
    /// Products by their ids, those that are sold no more among them, in no order.
    ///
    /// - Parameter ids: bounded by the caller.
    static func products(_ ids: [RecordID]) -> SQL {
        "SELECT \(ProductRow.columns) FROM product WHERE tenant_id = current_tenant() AND id = ANY(\(ids))"
    }
}
