internal import BillingAPI
internal import Platform
internal import Postgres
internal import RPC
internal import Resources

/// The payment service: what customers pay, what of it pays which invoice, and what is given back.
struct Payments: Sendable {
    let office: Office

    init(_ office: Office) { self.office = office }
}

extension Payments: PaymentService {
    func getPayment(_ request: GetPaymentRequest, _ call: Call) async throws -> BillingAPI.Payment {
        let id = try RecordID(reading: request.id, as: "id")
        let (row, tenders, allocations, refunds) = try await office.database.batch(call) { batch in
            (
                batch.optional(.payment(id), as: PaymentRow.self), batch.all(.paymentTenders(of: id), as: TenderRow.self),
                batch.all(.paymentAllocations(of: id), as: AllocationRow.self), batch.all(.paymentRefunds(of: id), as: RefundRow.self)
            )
        }
        guard let row else { throw BillingError.notFound(.payment, id: request.id) }
        return row.message(at: office.clock.now(), PaymentParts(tenders: tenders, allocations: allocations, refunds: refunds))
    }
}

/// When something is done, on which of the tenant's days, and by whom.
struct Occasion: Sendable {
    let now: Instant
    let today: CivilDate
    let caller: String

    /// The day that a caller named, or today.
    ///
    /// - Throws: `invalid` for a day in the future or before another one.
    func day(_ named: CivilDate?, as field: String, notBefore first: CivilDate? = nil) throws(BillingError) -> CivilDate {
        let day = named ?? today
        guard day <= today else { throw .invalid(field, "The day is in the future.") }
        if let first, day < first { throw .invalid(field, "The day is before the payment's.") }
        return day
    }
}

extension Payments {
    /// - Throws: `sellerMissing`: without one nobody knows what day it is.
    func occasion(_ seller: SellerRow?, _ call: Call) throws(BillingError) -> Occasion {
        let now = office.clock.now()
        return Occasion(now: now, today: try office.today(seller, at: now), caller: call[Caller.self]?.name ?? "")
    }

    /// The invoices that may be paid, held.
    func lockInvoices(_ strategy: AllocationStrategy, of customer: RecordID, in currency: Currency) -> SQL {
        switch strategy {
        case .oldestFirst: .lockOpenInvoices(of: customer, in: currency, limit: Limits.openInvoices)
        case .explicit(let wanted): .lockInvoices(wanted.map(\.invoice), of: customer)
        }
    }
}

/// A payment that is there already, held with its customer, and all that belongs to it.
struct HeldPayment: Sendable {
    let occasion: Occasion
    /// Who stands for its customer now.
    let payer: RecordID
    var row: PaymentRow
    var parts: PaymentParts

    var message: BillingAPI.Payment { row.message(at: occasion.now, parts) }
}

extension HeldPayment {
    typealias Rows = (
        payer: CustomerRow, seller: SellerRow?, row: PaymentRow, tenders: [TenderRow], allocations: [AllocationRow], refunds: [RefundRow]
    )

    /// Asks for a payment with all that belongs to it; its customer is held before all other rows.
    static func ask(
        _ id: RecordID, of customer: RecordID, _ batch: inout Batch
    ) -> (
        Pending<CustomerRow>, Pending<SellerRow?>, Pending<PaymentRow>, Pending<[TenderRow]>, Pending<[AllocationRow]>, Pending<[RefundRow]>
    ) {
        (
            batch.one(.lockPayer(of: customer)), batch.optional(.seller), batch.one(.lockPayment(id)), batch.all(.paymentTenders(of: id)),
            batch.all(.paymentAllocations(of: id)), batch.all(.paymentRefunds(of: id))
        )
    }
}

extension Payments {
    /// - Throws: `sellerMissing`; ABORTED when the customer was merged at this very moment.
    func held(_ rows: HeldPayment.Rows, _ call: Call) throws -> HeldPayment {
        guard rows.payer.mergedInto == nil else { throw RPCError(reason: .serializationConflict) }
        return HeldPayment(
            occasion: try occasion(rows.seller, call), payer: rows.payer.id, row: rows.row,
            parts: PaymentParts(tenders: rows.tenders, allocations: rows.allocations, refunds: rows.refunds))
    }

    /// Whose a payment is, which never changes.
    ///
    /// - Throws: `notFound`.
    func known(_ customer: RecordID?, of payment: RecordID) throws(BillingError) -> RecordID {
        guard let customer else { throw .notFound(.payment, id: payment.description) }
        return customer
    }
}
