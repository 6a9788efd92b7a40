internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC

extension Customers {
    func getCustomer(_ request: GetCustomerRequest, _ call: Call) async throws -> BillingAPI.Customer {
        let id = try RecordID(reading: request.id, as: "id")
        let row: CustomerRow? = try await office.database.batch(call) { $0.optional(.customer(id)) }
        return try Self.found(row, id).message
    }
}
