internal import Postgres
internal import Resources

extension SQL {
    /// Products by their ids, those that are sold no more among them, in no order.
    ///
    /// - Parameter ids: bounded by the caller.
    static func products(_ ids: [RecordID]) -> SQL {
        "SELECT \(ProductRow.columns) FROM product WHERE tenant_id = current_tenant() AND id = ANY(\(ids))"
    }

    /// One product with what is there of it.
    static func stockedProduct(_ id: RecordID, at time: Instant) -> SQL {
        "SELECT \(stockedColumns(time)) FROM product WHERE tenant_id = current_tenant() AND id = \(id)"
    }

    /// The same, held until the transaction ends: nobody changes the product in between.
    static func lockProduct(_ id: RecordID, at time: Instant) -> SQL { "\(stockedProduct(id, at: time)) FOR UPDATE OF product" }

    static func insertProduct(_ id: RecordID, _ draft: ProductDraft, at time: Instant) -> SQL {
        let name = ProductName(draft.name)
        return """
            INSERT INTO product (
                tenant_id, id, name, folded_name, words, sku, barcode, hsn, unit, currency, price, is_price_inclusive, maximum_price,
                wholesale_price, is_stocked, minimum_stock, created_at, updated_at
            ) VALUES (
                current_tenant(), \(id), \(draft.name), \(name.folded), \(name.words), \(draft.sku), \(draft.barcode),
                \(draft.hsn.description), \(draft.unit), \(draft.currency.code), \(draft.price), \(draft.isPriceInclusive),
                \(draft.maximumPrice), \(draft.wholesalePrice), \(draft.isStocked), \(draft.minimumStock.milli), \(time), \(time)
            )
            """
    }

    static func updateProduct(_ id: RecordID, _ draft: ProductDraft, version: Int64, at time: Instant) -> SQL {
        let name = ProductName(draft.name)
        return """
            UPDATE product SET
                version = \(version), name = \(draft.name), folded_name = \(name.folded), words = \(name.words), sku = \(draft.sku),
                barcode = \(draft.barcode), hsn = \(draft.hsn.description), price = \(draft.price),
                is_price_inclusive = \(draft.isPriceInclusive), maximum_price = \(draft.maximumPrice),
                wholesale_price = \(draft.wholesalePrice), minimum_stock = \(draft.minimumStock.milli), updated_at = \(time)
            WHERE tenant_id = current_tenant() AND id = \(id)
            """
    }

    static func archiveProduct(_ id: RecordID, version: Int64, at time: Instant) -> SQL {
        """
        UPDATE product SET version = \(version), archived_at = \(time), updated_at = \(time)
        WHERE tenant_id = current_tenant() AND id = \(id)
        """
    }

    /// A product's columns with what is there of it, and what of that is promised at a time.
    static func stockedColumns(_ time: Instant) -> SQL {
        """
        \(ProductRow.columns), coalesce((
            SELECT sum(on_hand) FROM stock_batch WHERE stock_batch.tenant_id = current_tenant() AND product_id = product.id
        ), 0)::bigint AS on_hand, coalesce((
            SELECT sum(quantity) FROM stock_reservation
            WHERE stock_reservation.tenant_id = current_tenant() AND product_id = product.id AND expires_at > \(time)
        ), 0)::bigint AS reserved
        """
    }
}
