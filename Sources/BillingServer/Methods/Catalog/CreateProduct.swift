internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Catalog {
    /// One round trip: the reply is known before the product is written, and goes into the same commit.
    func createProduct(_ request: CreateProductRequest, _ call: Call) async throws -> Product {
        let key = try IdempotencyKey(call)
        let draft = try ProductDraft(request.product ?? Product())
        let (id, now) = (office.clock.newID(), office.clock.now())
        let reply = Product(draft, id: id, version: 1, createdAt: now, updatedAt: now)
        do {
            return try await office.database.once(key, request: request, reply: reply, call) { batch in
                batch.enqueue(.insertProduct(id, draft, at: now))
                batch.tell(.productCreated(id))
            }
        } catch let error as PostgresError {
            throw BillingError(error) ?? error
        }
    }
}
