internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources
internal import StandardTypes

extension Catalog {
    /// The batches are held before what is promised is read, in a statement of its own: who promised before has committed then.
    func reserveStock(_ request: ReserveStockRequest, _ call: Call) async throws -> StockReservation {
        let key = try IdempotencyKey(call)
        let document = try RecordID(reading: request.documentID, as: "document_id")
        let wanted = try Self.wanted(request.items)
        let seconds = request.lifetime?.seconds ?? Limits.reservationSeconds
        let ids = wanted.map(\.product)
        let now = office.clock.now()
        do {
            return try await office.database.once(key, request: request, call, retries: .onConflict()) { transaction in
                let (seller, products, batches): (SellerRow?, [ProductRow], [StockBatchRow]) = try await transaction.batch {
                    ($0.optional(.seller), $0.all(.products(ids)), $0.all(.lockStock(of: ids)))
                }
                let reserved: [ReservedRow] = try await transaction.all(.reservedStock(of: ids, butFor: document, at: now))
                let (known, shelves, today) = (StockProducts(products), try Shelves(batches, reserved: reserved), try today(seller))
                var reply = StockReservation()
                for item in wanted {
                    let product = try known.sold(item.product, unit: item.unit, "items[\(item.position)].quantity.unit")
                    let available = try shelves.available(of: item.product, on: today)
                    guard item.quantity <= available else { throw BillingError.outOfStock(product: item.product, available: available) }
                    reply.items.append(
                        .with {
                            $0.productID = item.product.description
                            $0.quantity = BillingAPI.Quantity(item.quantity, of: product.unit)
                        })
                }
                let id = office.clock.newID()
                let end = Instant(unixMicroseconds: now.unixMicroseconds + seconds * 1_000_000)
                transaction.enqueue(.releaseStock(of: document, at: now))
                transaction.enqueue(
                    .insertReservation(
                        NewReservation(
                            id: id, items: wanted.map { .init(product: $0.product, quantity: $0.quantity) }, document: document, from: now,
                            until: end, by: name(of: call))))
                reply.id = id.description
                reply.documentID = document.description
                reply.reservedAt = now.timestamp
                reply.expiresAt = end.timestamp
                return reply
            }
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        }
    }

    func releaseReservation(_ request: ReleaseReservationRequest, _ call: Call) async throws -> StockReservation {
        let id = try RecordID(reading: request.id, as: "id")
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            let rows: [ReservationRow] = try await transaction.all(.lockReservation(id))
            guard let first = rows.first else { throw BillingError.notFound(.stockReservation, id: id.description) }
            transaction.enqueue(.endReservation(id, at: now))
            let end = first.reservedAt.orLater(now)
            var reply = StockReservation()
            reply.id = id.description
            reply.documentID = first.document.description
            for row in rows {
                var item = ReservedItem()
                item.productID = row.product.description
                item.quantity = BillingAPI.Quantity(row.quantity, of: row.unit)
                reply.items.append(item)
            }
            reply.reservedAt = first.reservedAt.timestamp
            reply.expiresAt = (first.expiresAt < end ? first.expiresAt : end).timestamp
            return reply
        }
    }

    /// One product that is wanted, all its items together, and where the first of them stands.
    private struct Wanted {
        let product: RecordID
        var quantity: Quantity
        let unit: String
        let position: Int
    }

    /// By product.
    private static func wanted(_ items: [ItemToReserve]) throws(BillingError) -> [Wanted] {
        var violations = Violations()
        var wanted: [RecordID: Wanted] = [:]
        for (position, item) in items.enumerated() {
            let quantity = violations.quantity("items[\(position)].quantity", item.quantity)
            guard let quantity, let product = RecordID(item.productID) else { continue }
            let unit = item.quantity?.unit ?? ""
            if var before = wanted[product] {
                if before.unit != unit {
                    violations.add("items[\(position)].quantity.unit", "The product has another unit in an item before.")
                }
                before.quantity = try before.quantity.adding(quantity)
                wanted[product] = before
            } else {
                wanted[product] = Wanted(product: product, quantity: quantity, unit: unit, position: position)
            }
        }
        guard violations.isEmpty else { throw .invalid(violations.all) }
        return wanted.values.sorted { $0.product < $1.product }
    }
}
