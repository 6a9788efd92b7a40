internal import BillingAPI
internal import Postgres
internal import Resources

/// A part of a reservation as the database keeps it.
struct ReservationRow: RowDecodable, Hashable {
    let document: RecordID
    let product: RecordID
    let quantity: Quantity
    let unit: String
    let reservedAt: Instant
    let expiresAt: Instant

    init(row: Row) throws(PostgresError) {
        document = try row["document_id"]
        product = try row["product_id"]
        quantity = Quantity(milli: try row["quantity"])
        unit = try row["unit"]
        reservedAt = try row["reserved_at"]
        expiresAt = try row["expires_at"]
    }
}

/// A reservation to be kept.
struct NewReservation: Hashable {
    struct Item: Hashable {
        let product: RecordID
        let quantity: Quantity
    }

    let id: RecordID
    let items: [Item]
    let document: RecordID
    let from: Instant
    let until: Instant
    let by: String
}

extension SQL {
    static func insertReservation(_ new: NewReservation) -> SQL {
        """
        INSERT INTO stock_reservation (tenant_id, id, product_id, quantity, document_id, reserved_by, reserved_at, expires_at)
        SELECT current_tenant(), \(new.id), product_id, quantity, \(new.document), \(new.by), \(new.from), \(new.until)
        FROM unnest(\(new.items.map(\.product)), \(new.items.map(\.quantity.milli))) AS item (product_id, quantity)
        """
    }

    /// All parts of a reservation, held until the transaction ends.
    static func lockReservation(_ id: RecordID) -> SQL {
        """
        SELECT document_id, product_id, quantity, unit, reserved_at, expires_at
        FROM stock_reservation AS reservation JOIN product ON product.tenant_id = current_tenant() AND product.id = product_id
        WHERE reservation.tenant_id = current_tenant() AND reservation.id = \(id) ORDER BY product_id FOR UPDATE OF reservation
        """
    }

    static func endReservation(_ id: RecordID, at time: Instant) -> SQL {
        """
        UPDATE stock_reservation SET expires_at = greatest(reserved_at, \(time))
        WHERE tenant_id = current_tenant() AND id = \(id) AND expires_at > \(time)
        """
    }
}
