internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

extension PaymentStatus: PostgresValue {}
extension PaymentMethod: PostgresValue {}

/// A payment as the database keeps it.
struct PaymentRow: RowDecodable {
    /// What is held for it until a moment.
    struct Hold: Hashable, Sendable {
        let amount: Int64
        let method: PaymentMethod
        let reference: String
        let until: Instant
    }

    /// What it bears since its money came.
    struct Voucher: Hashable, Sendable {
        let number: String
        let paidOn: CivilDate
    }

    let id: RecordID
    var version: Int64
    var status: PaymentStatus
    let customer: RecordID
    let currency: Currency
    let hold: Hold?
    var voucher: Voucher?
    var balance: PaymentBalance
    var allocationCount: Int
    let note: String
    var receipt: RecordID?
    var endReason: String
    let createdAt: Instant
    var updatedAt: Instant
    let createdBy: String

    static let columns: SQL = """
        payment.id, payment.version, payment.status, payment.customer_id, payment.number, payment.currency, payment.held, \
        payment.held_method, payment.held_reference, payment.held_until, payment.amount, payment.allocated, payment.unallocated, \
        payment.refunded, payment.allocation_count, payment.paid_on, payment.note, payment.receipt_id, payment.end_reason, \
        payment.created_at, payment.updated_at, payment.created_by
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        status = try row["status"]
        customer = try row["customer_id"]
        currency = try Currency(row: row)
        hold = try Self.hold(row)
        voucher = try Self.voucher(row)
        balance = PaymentBalance(
            amount: try row["amount"], allocated: try row["allocated"], unallocated: try row["unallocated"], refunded: try row["refunded"])
        let count: Int16 = try row["allocation_count"]
        allocationCount = Int(count)
        note = try row["note"]
        receipt = try row["receipt_id"]
        endReason = try row["end_reason"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        createdBy = try row["created_by"]
    }

    /// A new one, of which nothing has come.
    init(
        id: RecordID, customer: RecordID, currency: Currency, hold: Hold? = nil, note: String, at time: Instant, by caller: String
    ) {
        self.id = id
        version = 1
        status = .pending
        self.customer = customer
        self.currency = currency
        self.hold = hold
        voucher = nil
        balance = .nothing
        allocationCount = 0
        self.note = note
        receipt = nil
        endReason = ""
        createdAt = time
        updatedAt = time
        createdBy = caller
    }

    private static func hold(_ row: Row) throws(PostgresError) -> Hold? {
        let (amount, method, until): (Int64?, PaymentMethod?, Instant?) = (
            try row["held"], try row["held_method"], try row["held_until"]
        )
        guard let amount, let method, let until else { return nil }
        return Hold(amount: amount, method: method, reference: try row["held_reference"], until: until)
    }

    private static func voucher(_ row: Row) throws(PostgresError) -> Voucher? {
        let (number, paidOn): (String?, CivilDate?) = (try row["number"], try row["paid_on"])
        guard let number, let paidOn else { return nil }
        return Voucher(number: number, paidOn: paidOn)
    }
}

extension PaymentRow {
    /// Its next version. What is refunded in part can be so once more.
    ///
    /// - Throws: `illegalTransition`.
    mutating func become(_ next: PaymentStatus, at time: Instant) throws(BillingError) {
        if next != .partiallyRefunded || status != .partiallyRefunded { status = try status.becoming(next) }
        touch(at: time)
    }

    /// Its next version, of the same status. A clock that was set back must not let it seem older than it was.
    mutating func touch(at time: Instant) {
        version += 1
        updatedAt = max(updatedAt, time)
    }

    /// A hold that is over is so from its last moment on, whether or not anybody has noted it.
    func status(at time: Instant) -> PaymentStatus {
        if status == .pending, let hold, hold.until <= time { return .expired }
        return status
    }

    /// - Parameters:
    ///   - time: now.
    ///   - parts: nil in lists.
    func message(at time: Instant, _ parts: PaymentParts? = nil) -> BillingAPI.Payment {
        .with {
            $0.id = id.description
            $0.number = voucher?.number ?? ""
            $0.status = status(at: time).message
            $0.customerID = customer.description
            $0.amount = BillingAPI.Money(balance.amount, currency)
            $0.allocated = BillingAPI.Money(balance.allocated, currency)
            $0.unallocated = BillingAPI.Money(balance.unallocated, currency)
            $0.refunded = BillingAPI.Money(balance.refunded, currency)
            $0.tenders = parts?.tenders.map(\.message) ?? []
            $0.allocations = parts?.allocations.map { $0.message(in: currency) } ?? []
            $0.refunds = parts?.refunds.map { $0.message(in: currency) } ?? []
            if let hold { $0.hold = hold.message(in: currency) }
            $0.paidOn = voucher?.paidOn.description ?? ""
            $0.note = note
            $0.receiptID = receipt?.description ?? ""
            $0.endReason = endReason
            $0.etag = Etag(version: version).text
            $0.createdAt = createdAt.timestamp
            $0.updatedAt = updatedAt.timestamp
        }
    }
}

extension PaymentRow.Hold {
    fileprivate func message(in currency: Currency) -> BillingAPI.Hold {
        .with {
            $0.amount = BillingAPI.Money(amount, currency)
            $0.method = method.message
            $0.reference = reference
            $0.expiresAt = until.timestamp
        }
    }
}

extension PaymentStatus {
    init?(_ status: BillingAPI.PaymentStatus) {
        guard let known = Self.allCases.first(where: { $0.message == status }) else { return nil }
        self = known
    }

    var message: BillingAPI.PaymentStatus {
        switch self {
        case .pending: .pending
        case .completed: .completed
        case .failed: .failed
        case .expired: .expired
        case .void: .void
        case .partiallyRefunded: .partiallyRefunded
        case .refunded: .refunded
        case .reversed: .reversed
        }
    }
}
