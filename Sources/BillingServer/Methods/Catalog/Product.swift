internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

extension Catalog {
    func getProduct(_ request: GetProductRequest, _ call: Call) async throws -> Product {
        let id = try RecordID(reading: request.id, as: "id")
        let found: StockedProductRow? = try await office.database.batch(call) { $0.optional(.stockedProduct(id, at: office.clock.now())) }
        guard let found else { throw BillingError.notFound(.product, id: id.description) }
        return found.message
    }

    func updateProduct(_ request: UpdateProductRequest, _ call: Call) async throws -> Product {
        let new = request.product ?? Product()
        var violations = Violations()
        let id = RecordID(new.id)
        if id == nil { violations.add("product.id", "It is no id: write a UUID in its 36-character form.") }
        let mask = ProductMask(request.updateMask?.paths ?? [], &violations)
        let etag = EtagCondition(request.etag)
        if etag == nil { violations.add("etag", EtagCondition.flaw) }
        guard let id, let etag, violations.isEmpty else { throw BillingError.invalid(violations.all) }

        let now = office.clock.now()
        do {
            return try await office.database.transaction(call) { transaction in
                let current = try Self.found(try await transaction.optional(.lockProduct(id, at: now)), id, etag)
                let draft = try ProductDraft(mask.applying(new, to: current.message))
                guard draft.currency == current.product.currency else {
                    throw BillingError.currencyMismatch(expected: current.product.currency, found: draft.currency)
                }
                let (version, time) = (current.product.version + 1, current.product.updatedAt.orLater(now))
                transaction.enqueue(.updateProduct(id, draft, version: version, at: time))
                transaction.tell(.productUpdated(id, version: version))
                return Product(
                    draft, id: id, version: version, createdAt: current.product.createdAt, updatedAt: time,
                    archivedAt: current.product.archivedAt, onHand: current.onHand, reserved: current.reserved)
            }
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        }
    }

    func archiveProduct(_ request: ArchiveProductRequest, _ call: Call) async throws -> Product {
        let id = try RecordID(reading: request.id, as: "id")
        guard let etag = EtagCondition(request.etag) else { throw BillingError.invalid("etag", EtagCondition.flaw) }
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            let current = try Self.found(try await transaction.optional(.lockProduct(id, at: now)), id, etag)
            guard current.product.archivedAt == nil else { return current.message }
            let (version, time) = (current.product.version + 1, current.product.updatedAt.orLater(now))
            transaction.enqueue(.archiveProduct(id, version: version, at: time))
            transaction.tell(.productUpdated(id, version: version))
            return Product(
                ProductDraft(current.product), id: id, version: version, createdAt: current.product.createdAt, updatedAt: time,
                archivedAt: time, onHand: current.onHand, reserved: current.reserved)
        }
    }

    private static func found(_ row: StockedProductRow?, _ id: RecordID, _ etag: EtagCondition) throws(BillingError) -> StockedProductRow {
        guard let row else { throw .notFound(.product, id: id.description) }
        guard etag.allows(version: row.product.version) else { throw .etagMismatch(.product, id: id.description) }
        return row
    }
}
