internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC
internal import Resources

extension Customers {
    /// One round trip: what is taken is found out by the tables' keys.
    func createCustomer(_ request: CreateCustomerRequest, _ call: Call) async throws -> BillingAPI.Customer {
        let key = try IdempotencyKey(call)
        let draft = try CustomerDraft(request.customer ?? BillingAPI.Customer())
        let (id, now) = (office.clock.newID(), office.clock.now())
        let customer = CustomerRow(draft, id: id, version: 1, createdAt: now, updatedAt: now)
        do {
            return try await office.database.once(key, request: request, reply: customer.message, call) { batch in
                batch.enqueue(.insertCustomer(id, draft, at: now))
                batch.tell(.customerCreated(id))
            }
        } catch let error as PostgresError {
            throw BillingError(writingCustomer: error) ?? error
        }
    }
}
