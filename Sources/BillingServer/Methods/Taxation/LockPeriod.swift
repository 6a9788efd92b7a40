internal import BillingAPI
internal import Platform
internal import Postgres
internal import Protobuf
internal import RPC

extension Taxation {
    func lockPeriod(_ request: LockPeriodRequest, _ call: Call) async throws -> LockPeriodReply {
        let month = try Self.month(request.month)
        let caller = call[Caller.self]?.name ?? ""
        let seller: SellerRow? = try await office.database.batch(call) { $0.optional(.seller) }
        guard let seller else { throw BillingError.sellerMissing }
        guard month.last < (try office.zones.day(of: office.clock.now(), in: seller.timeZone)) else { throw BillingError.periodNotOver }
        let (_, _, filed) = try await office.database.batch(call) { batch in
            (
                batch.execute(.closePeriod(month.first, by: caller)),
                batch.execute(.fileTaxPeriod(month, acknowledgement: request.acknowledgement, by: caller)),
                batch.one(.taxPeriod(month), as: TaxPeriodRow.self)
            )
        }
        return .with {
            $0.month = month.description
            $0.filedBy = filed.filedBy
            $0.acknowledgement = filed.acknowledgement
        }
    }

    func checkEligibility(_ request: CheckEligibilityRequest, _ call: Call) async throws -> CheckEligibilityReply {
        .with {
            $0.needsEInvoice = Eligibility.needsEInvoice(turnover: request.turnover, buyerIsRegistered: request.buyerIsRegistered)
            $0.needsEWayBill = Eligibility.needsEWayBill(consignment: request.consignment)
            $0.eWayBillDays = $0.needsEWayBill ? Eligibility.eWayBillDays(kilometres: request.distanceKm) : 0
            $0.hsnDigits = Eligibility.hsnDigits(turnover: request.turnover)
        }
    }
}
