internal import Postgres
internal import Resources

/// The statements by which stock changes. Whoever takes something first holds the batches (``lockStock(of:)``), then, in a statement of its own, reads
/// what is promised to others, and moves; all of it in one transaction.
extension SQL {
    /// The batches of some products in which something is left, held until the transaction ends. In the order of their ids, so that two who
    /// want the same wait for each other and not in a circle.
    static func lockStock(of products: [RecordID]) -> SQL {
        """
        SELECT product_id, id, lot, received_on, expires_on, on_hand, value FROM stock_batch
        WHERE tenant_id = current_tenant() AND product_id = ANY(\(products)) AND on_hand > 0 ORDER BY id FOR UPDATE
        """
    }

    /// What of some products is promised at a time, a row for each of which anything is. It has to follow ``lockStock(of:)`` as a statement of its
    /// own: then it sees what those have reserved who held the batches before.
    ///
    /// - Parameter document: whose own promises do not count, since they are what it takes.
    static func reservedStock(of products: [RecordID], butFor document: RecordID, at time: Instant) -> SQL {
        """
        SELECT product_id, sum(quantity)::bigint AS quantity FROM stock_reservation
        WHERE tenant_id = current_tenant() AND product_id = ANY(\(products)) AND expires_at > \(time) AND document_id <> \(document)
        GROUP BY product_id
        """
    }

    /// What is promised to a document counts no more.
    static func releaseStock(of document: RecordID, at time: Instant) -> SQL {
        """
        UPDATE stock_reservation SET expires_at = greatest(reserved_at, \(time))
        WHERE tenant_id = current_tenant() AND document_id = \(document) AND expires_at > \(time)
        """
    }

    /// All movements of one document: changes their batches and keeps a row of each. The database refuses it as a whole when a batch would have
    /// less than nothing (`stock_batch_on_hand`) or is not there.
    static func moveStock(_ change: StockChange) -> SQL {
        """
        WITH moved AS (
            SELECT * FROM unnest(
                \(change.movements.map(\.id)), \(change.movements.map(\.batch)), \(change.movements.map(\.quantity.milli)),
                \(change.movements.map(\.value))
            ) WITH ORDINALITY AS moved (id, batch_id, quantity, value, number)
        ), held AS (
            SELECT id FROM stock_batch
            WHERE tenant_id = current_tenant() AND id IN (SELECT batch_id FROM moved) ORDER BY id FOR UPDATE
        ), changed AS (
            UPDATE stock_batch SET on_hand = stock_batch.on_hand + sums.quantity, value = stock_batch.value + sums.value
            FROM (SELECT batch_id, sum(quantity)::bigint AS quantity, sum(value)::bigint AS value FROM moved GROUP BY batch_id) AS sums
            JOIN held ON held.id = sums.batch_id
            WHERE tenant_id = current_tenant() AND stock_batch.id = sums.batch_id
            RETURNING stock_batch.id, product_id, on_hand, on_hand - sums.quantity AS on_hand_before
        )
        INSERT INTO stock_movement (
            tenant_id, id, product_id, batch_id, kind, quantity, on_hand, value, document_kind, document_id, journal_id, reason, moved_by, moved_at
        )
        SELECT current_tenant(), moved.id, changed.product_id, moved.batch_id, \(change.kind.rawValue), moved.quantity,
            changed.on_hand_before + sum(moved.quantity) OVER (PARTITION BY moved.batch_id ORDER BY moved.number), moved.value,
            \(change.document.kind.rawValue), \(change.document.id), \(change.journal), \(change.reason), \(change.movedBy), \(change.movedAt)
        FROM moved LEFT JOIN changed ON changed.id = moved.batch_id
        """
    }

    /// One batch of a product, whether or not something is left of it, held until the transaction ends.
    static func lockBatch(_ id: RecordID, of product: RecordID) -> SQL {
        """
        SELECT product_id, id, lot, received_on, expires_on, on_hand, value FROM stock_batch
        WHERE tenant_id = current_tenant() AND id = \(id) AND product_id = \(product) FOR UPDATE
        """
    }

    /// Some batches, whether or not something is left of them, held until the transaction ends in the order of their ids.
    static func lockBatches(_ ids: [RecordID]) -> SQL {
        """
        SELECT product_id, id, lot, received_on, expires_on, on_hand, value FROM stock_batch
        WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) ORDER BY id FOR UPDATE
        """
    }

    /// New batches with nothing in them; what they have comes by ``moveStock(_:)``.
    static func insertBatches(_ batches: [StockBatchRow]) -> SQL {
        """
        INSERT INTO stock_batch (tenant_id, id, product_id, lot, received_on, expires_on, on_hand, value)
        SELECT current_tenant(), id, product_id, lot, received_on::date, nullif(expires_on, '')::date, 0, 0
        FROM unnest(
            \(batches.map(\.batch.id)), \(batches.map(\.product)), \(batches.map(\.lot)), \(batches.map(\.batch.received.description)),
            \(batches.map { $0.batch.expires?.description ?? "" })
        ) AS received (id, product_id, lot, received_on, expires_on)
        """
    }

    /// What there is of some products, a row for each of which there is a batch.
    static func stockOnHand(of products: [RecordID]) -> SQL {
        """
        SELECT product_id, sum(on_hand)::bigint AS quantity FROM stock_batch
        WHERE tenant_id = current_tenant() AND product_id = ANY(\(products)) GROUP BY product_id
        """
    }
}
