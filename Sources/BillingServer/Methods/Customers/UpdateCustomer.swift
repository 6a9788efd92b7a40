internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

extension Customers {
    func updateCustomer(_ request: UpdateCustomerRequest, _ call: Call) async throws -> BillingAPI.Customer {
        let new = request.customer ?? BillingAPI.Customer()
        var violations = Violations()
        let id = RecordID(new.id)
        if id == nil { violations.add("customer.id", "It is no id: write a UUID of 36 characters.") }
        let mask = CustomerMask(request.updateMask?.paths ?? [], &violations)
        let etag = EtagCondition(request.etag)
        if etag == nil { violations.add("etag", EtagCondition.flaw) }
        guard let id, let etag, violations.isEmpty else { throw BillingError.invalid(violations.all) }

        // What is written travels with the commit, which therefore is what finds a number taken.
        do {
            return try await office.database.transaction(call) { transaction in
                let current = try Self.found(try await transaction.optional(.lockCustomer(id)), id)
                guard etag.allows(version: current.version) else { throw BillingError.etagMismatch(.customer, id: id.description) }
                try current.demandOpen()
                let draft = try CustomerDraft(mask.applying(new, to: current.message))
                let version = current.version + 1
                // A clock that was set back must not let a customer seem older than it was.
                let now = max(office.clock.now(), current.updatedAt)
                transaction.enqueue(.updateCustomer(id, draft, version: version, at: now))
                transaction.tell(.customerUpdated(id, version: version))
                return CustomerRow(draft, id: id, version: version, createdAt: current.createdAt, updatedAt: now).message
            }
        } catch let error as PostgresError {
            throw BillingError(writingCustomer: error) ?? error
        }
    }
}
