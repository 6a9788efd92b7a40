internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Customers {
    func asOfBalance(_ request: AsOfBalanceRequest, _ call: Call) async throws -> AsOfBalanceReply {
        let id = try RecordID(reading: request.customerID, as: "customer_id")
        let (row, zone): (CustomerRow?, String) = try await office.database.batch(call) {
            ($0.optional(.customer(id)), $0.one(.sellerTimeZone))
        }
        try Self.found(row, id).demandUnmerged()
        let day = try day(request.asOf, as: "as_of", in: zone)
        let rows: [CustomerBalanceRow] = try await office.database.batch(call) { $0.all(.customerBalances(id, asOf: day)) }
        return .with {
            $0.asOf = day.description
            $0.balances = rows.map(\.balance.message)
        }
    }
}
