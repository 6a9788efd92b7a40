internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Customers {
    func paymentVelocity(_ request: PaymentVelocityRequest, _ call: Call) async throws -> PaymentVelocityReply {
        let id = try RecordID(reading: request.customerID, as: "customer_id")
        let days = try DayRange(from: request.from, to: request.to, atMost: Limits.statementDays)
        let (row, daysToPay): (CustomerRow?, DaysToPay) = try await office.database.batch(call) {
            ($0.optional(.customer(id)), $0.one(.daysToPay(of: id, days)))
        }
        try Self.found(row, id).demandUnmerged()
        let averages = try daysToPay.averages()
        return .with {
            $0.invoiceCount = daysToPay.invoiceCount
            $0.averageCentidays = averages.centidays
            $0.averageLateCentidays = averages.lateCentidays
        }
    }
}
