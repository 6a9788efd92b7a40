internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// A meeting with its fee, as the database keeps it.
struct MeetingRow: RowDecodable, Hashable, Sendable {
    /// The line that a fee is billed on.
    struct Billed: Hashable, Sendable {
        let invoice: RecordID
        let line: Int
        let on: CivilDate
    }

    let id: RecordID
    var version: Int64 = 1
    var status: FeeStatus = .pending
    let subscription: RecordID
    let calendarEventID: String
    let startsAt: Instant
    /// The first day of the calendar month that it counts in.
    let month: CivilDate
    let subject: String
    /// In paise.
    let dealValue: Int64
    var fee: Int64
    var attendedMinutes: Int32 = 0
    /// Which one of its month it is that has earned its fee; 0 before.
    var ordinal: Int64 = 0
    var voidReason = ""
    var billed: Billed?
    var creditNote: RecordID?
    let createdAt: Instant
    var updatedAt: Instant

    /// - Throws: `etagMismatch`; an empty text is whatever is there.
    func demand(etag text: String) throws(BillingError) {
        guard let condition = EtagCondition(text), !condition.allows(version: version) else { return }
        throw .etagMismatch(.meeting, id: id.description)
    }

    /// The next version, with its fee in another status.
    ///
    /// - Throws: `illegalTransition`.
    mutating func become(_ status: FeeStatus, at time: Instant) throws(BillingError) {
        self.status = try self.status.becoming(status)
        version += 1
        updatedAt = time.orLater(updatedAt)
    }

    var message: BillingAPI.Meeting {
        .with {
            $0.id = id.description
            $0.subscriptionID = subscription.description
            $0.calendarEventID = calendarEventID
            $0.startTime = startsAt.timestamp
            $0.subject = subject
            $0.dealValue = BillingAPI.Money(dealValue, .inr)
            $0.fee = BillingAPI.Money(fee, .inr)
            $0.status = status.message
            $0.attendedMinutes = attendedMinutes
            $0.ordinal = ordinal
            $0.voidReason = voidReason
            $0.invoiceID = billed?.invoice.description ?? ""
            $0.creditNoteID = creditNote?.description ?? ""
            $0.etag = Etag(version: version).text
            $0.createTime = createdAt.timestamp
            $0.updateTime = updatedAt.timestamp
        }
    }
}

extension MeetingRow {
    static let columns: SQL = """
        meeting.id AS meeting_id, meeting.version AS meeting_version, meeting.status AS fee_status, meeting.subscription_id,
        calendar_event_id, starts_at, month, subject, deal_value, fee, attended_minutes, ordinal, void_reason, meeting.invoice_id,
        invoice_line, billed_on, credit_note_id, meeting.created_at, meeting.updated_at
        """

    init(row: Row) throws(PostgresError) {
        id = try row["meeting_id"]
        version = try row["meeting_version"]
        status = try row.word("fee_status", row["fee_status"])
        subscription = try row["subscription_id"]
        calendarEventID = try row["calendar_event_id"]
        startsAt = try row["starts_at"]
        month = try row["month"]
        subject = try row["subject"]
        dealValue = try row["deal_value"]
        fee = try row["fee"]
        attendedMinutes = try row["attended_minutes"]
        ordinal = try row["ordinal"]
        voidReason = try row["void_reason"]
        let (invoice, line, day): (RecordID?, Int16?, CivilDate?) = (
            try row["invoice_id"], try row["invoice_line"], try row["billed_on"]
        )
        if let invoice, let line, let day { billed = Billed(invoice: invoice, line: Int(line), on: day) }
        creditNote = try row["credit_note_id"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
    }
}

extension FeeStatus {
    var message: BillingAPI.FeeStatus {
        switch self {
        case .pending: .pending
        case .earned: .earned
        case .void: .void
        case .billed: .billed
        case .credited: .credited
        }
    }

    /// Nil for what is not given, and for what this version does not know.
    init?(_ message: BillingAPI.FeeStatus) {
        guard let known = FeeStatus.allCases.first(where: { $0.message == message }) else { return nil }
        self = known
    }
}

/// What the meetings of a subscription have come to that are on no bill yet.
struct AccruedRow: RowDecodable, Hashable, Sendable {
    let subscription: RecordID
    let customer: RecordID
    let pendingCount: Int64
    let pending: Int64
    let earnedCount: Int64
    let earned: Int64

    init(row: Row) throws(PostgresError) {
        subscription = try row["subscription_id"]
        customer = try row["customer_id"]
        pendingCount = try row["pending_count"]
        pending = try row["pending"]
        earnedCount = try row["earned_count"]
        earned = try row["earned"]
    }

    var message: BillingAPI.AccruedFees {
        .with {
            $0.subscriptionID = subscription.description
            $0.customerID = customer.description
            $0.pendingCount = pendingCount
            $0.pending = BillingAPI.Money(pending, .inr)
            $0.earnedCount = earnedCount
            $0.earned = BillingAPI.Money(earned, .inr)
        }
    }
}
