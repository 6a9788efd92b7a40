internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources
internal import StandardTypes

extension Customers {
    /// The customer is held while what it owes is looked at: whoever makes a document for it waits, and then finds nobody to make it for.
    func deleteCustomer(_ request: DeleteCustomerRequest, _ call: Call) async throws -> Empty {
        let id = try RecordID(reading: request.id, as: "id")
        let etag = try EtagCondition(reading: request.etag)
        return try await office.database.transaction(call) { transaction in
            let current = try Self.found(try await transaction.optional(.lockCustomer(id)), id)
            guard etag.allows(version: current.version) else { throw BillingError.etagMismatch(.customer, id: id.description) }
            try current.demandOpen()
            let now = office.clock.now()
            let isHeld: Bool = try await transaction.one(.isCustomerHeld(id, at: now))
            guard !isHeld else { throw BillingError.customerHeld }
            transaction.enqueue(.anonymiseCustomer(id, at: now))
            transaction.enqueue(.anonymiseReminders(of: id, at: now))
            transaction.tell(.customerDeleted(id))
            return Empty()
        }
    }
}
