internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// What a payment consists of.
struct PaymentParts: Sendable {
    var tenders: [TenderRow] = []
    var allocations: [AllocationRow] = []
    var refunds: [RefundRow] = []
}

/// A tender as the database keeps it.
struct TenderRow: RowDecodable {
    let draft: TenderDraft

    init(_ draft: TenderDraft) { self.draft = draft }

    init(row: Row) throws(PostgresError) {
        let money = Money(minorUnits: try row["amount"], try Currency(row: row))
        draft = TenderDraft(tender: Tender(method: try row["method"], amount: money), reference: try row["reference"])
    }

    var message: BillingAPI.Tender {
        .with {
            $0.method = draft.tender.method.message
            $0.amount = BillingAPI.Money(draft.tender.amount)
            $0.reference = draft.reference
        }
    }
}

/// An allocation as the database keeps it.
struct AllocationRow: RowDecodable {
    let payment: RecordID
    let number: Int
    let allocation: Allocation
    let journal: RecordID
    let allocatedAt: Instant
    var releasedAt: Instant?

    var isLive: Bool { releasedAt == nil }

    init(row: Row) throws(PostgresError) {
        payment = try row["payment_id"]
        let number: Int16 = try row["number"]
        self.number = Int(number)
        allocation = Allocation(invoice: try row["invoice_id"], amount: try row["amount"])
        journal = try row["journal_id"]
        allocatedAt = try row["allocated_at"]
        releasedAt = try row["released_at"]
    }

    init(of payment: RecordID, number: Int, _ allocation: Allocation, by journal: RecordID, at time: Instant) {
        self.payment = payment
        self.number = number
        self.allocation = allocation
        self.journal = journal
        allocatedAt = time
        releasedAt = nil
    }

    func message(in currency: Currency) -> PaymentAllocation {
        .with {
            $0.invoiceID = allocation.invoice.description
            $0.amount = BillingAPI.Money(allocation.amount, currency)
            $0.journalID = journal.description
            $0.allocatedAt = allocatedAt.timestamp
            if let releasedAt { $0.releasedAt = releasedAt.timestamp }
        }
    }
}

/// A refund as the database keeps it.
struct RefundRow: RowDecodable {
    let id: RecordID
    let payment: RecordID
    let number: String
    let method: PaymentMethod
    let amount: Int64
    let reference: String
    let reason: String
    let refundedOn: CivilDate
    let journal: RecordID

    init(
        id: RecordID, of payment: RecordID, number: String, _ tender: TenderDraft, reason: String, on day: CivilDate, by journal: RecordID
    ) {
        self.id = id
        self.payment = payment
        self.number = number
        method = tender.tender.method
        amount = tender.tender.amount.minorUnits
        reference = tender.reference
        self.reason = reason
        refundedOn = day
        self.journal = journal
    }

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        payment = try row["payment_id"]
        number = try row["number"]
        method = try row["method"]
        amount = try row["amount"]
        reference = try row["reference"]
        reason = try row["reason"]
        refundedOn = try row["refunded_on"]
        journal = try row["journal_id"]
    }

    func message(in currency: Currency) -> Refund {
        .with {
            $0.id = id.description
            $0.number = number
            $0.amount = BillingAPI.Money(amount, currency)
            $0.method = method.message
            $0.reference = reference
            $0.reason = reason
            $0.refundedOn = refundedOn.description
            $0.journalID = journal.description
        }
    }
}
