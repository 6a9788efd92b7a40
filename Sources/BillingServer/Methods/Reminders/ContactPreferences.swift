internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension Reminders {
    func setContactPreferences(_ request: SetContactPreferencesRequest, _ call: Call) async throws -> BillingAPI.ContactPreferences {
        let message = request.preferences ?? BillingAPI.ContactPreferences()
        let preferences = try ContactTerms(message, zones: office.zones)
        guard let id = RecordID(message.customerID) else { throw BillingError.notFound(.customer, id: message.customerID) }
        let now = office.clock.now()
        return try await office.database.transaction(call) { transaction in
            // The customer first, so that two who say it first are one after the other.
            guard let customer: CustomerRow = try await transaction.optional(.lockCustomer(id)) else {
                throw BillingError.notFound(.customer, id: message.customerID)
            }
            try customer.demandOpen()
            let current: ContactPreferencesRow? = try await transaction.optional(.contactPreferences(of: id))
            guard let current else {
                guard ["", "*"].contains(request.etag) else { throw BillingError.etagMismatch(.contactPreferences, id: message.customerID) }
                transaction.enqueue(.insertContactPreferences(of: id, preferences, at: now))
                return preferences.message(of: id, ContactPreferencesRow(preferences, version: 1, updatedAt: now))
            }
            guard let etag = EtagCondition(request.etag) else { throw BillingError.invalid("etag", EtagCondition.flaw) }
            guard etag.allows(version: current.version) else {
                throw BillingError.etagMismatch(.contactPreferences, id: message.customerID)
            }
            let row = ContactPreferencesRow(preferences, version: current.version + 1, updatedAt: max(now, current.updatedAt))
            transaction.enqueue(.updateContactPreferences(of: id, row))
            return preferences.message(of: id, row)
        }
    }

    func getContactPreferences(_ request: GetContactPreferencesRequest, _ call: Call) async throws -> BillingAPI.ContactPreferences {
        guard let id = RecordID(request.customerID) else { throw BillingError.notFound(.customer, id: request.customerID) }
        let (customer, row): (CustomerRow?, ContactPreferencesRow?) = try await office.database.batch(call) { batch in
            (batch.optional(.customer(id)), batch.optional(.contactPreferences(of: id)))
        }
        guard customer != nil else { throw BillingError.notFound(.customer, id: request.customerID) }
        return (row?.preferences ?? .usual).message(of: id, row)
    }
}
