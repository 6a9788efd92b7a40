internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

extension PlanDesk {
    /// Bills the first period of a subscription that was just made, which has to be paid for at once.
    ///
    /// - Throws: `paidAheadTooLittle`, `creditLimitExceeded`, and what issuing an invoice throws.
    func firstBill(of row: inout SubscriptionRow, _ call: Call, _ transaction: borrowing Transaction) async throws -> BillingAPI.Bill? {
        let now = office.clock.now()
        let customer = row.customer
        let (seller, payer) = try await transaction.batch {
            ($0.optional(.seller, as: SellerRow.self), $0.one(.lockCustomer(customer), as: CustomerRow.self))
        }
        guard let seller else { throw BillingError.sellerMissing }
        let today = try office.today(seller, at: now)
        let occasion = BillingOccasion(
            call: call, now: now, today: today, timeZone: seller.timeZone,
            days: .init(begun: today, over: today.adding(days: -1) ?? today))
        return try await bill(&row, payer: payer, occasion, transaction)
    }
}
