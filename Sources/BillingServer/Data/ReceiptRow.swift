internal import BillingAPI
internal import Postgres
internal import Protobuf
internal import Resources

/// Where money is of which a provider told. The words are the database's.
enum ReceiptStatus: String, CaseIterable, Sendable {
    case unmatched, matched, reversed

    /// - Throws: `illegalTransition`.
    func becoming(_ status: ReceiptStatus) throws(BillingError) -> ReceiptStatus {
        switch (self, status) {
        case (.unmatched, .matched), (.matched, .unmatched), (.matched, .reversed): return status
        default: throw .illegalTransition(of: "receipt", from: rawValue, to: status.rawValue)
        }
    }

    var message: BillingAPI.ReceiptStatus {
        switch self {
        case .unmatched: .unmatched
        case .matched: .matched
        case .reversed: .reversed
        }
    }
}

extension ReceiptStatus: PostgresValue {}

/// Money of which a provider told, as the database keeps it.
struct ReceiptRow: RowDecodable {
    let id: RecordID
    var version: Int64
    var status: ReceiptStatus
    let provider: String
    let eventID: String
    let tender: TenderDraft
    let receivedOn: CivilDate
    let payer: String
    let journal: RecordID
    let createdAt: Instant
    var updatedAt: Instant
    let createdBy: String

    static let columns: SQL = """
        id, version, status, provider, event_id, method, currency, amount, received_on, reference, payer, journal_id, created_at, \
        updated_at, created_by
        """

    init(row: Row) throws(PostgresError) {
        id = try row["id"]
        version = try row["version"]
        status = try row["status"]
        provider = try row["provider"]
        eventID = try row["event_id"]
        let money = Money(minorUnits: try row["amount"], try Currency(row: row))
        tender = TenderDraft(tender: Tender(method: try row["method"], amount: money), reference: try row["reference"])
        receivedOn = try row["received_on"]
        payer = try row["payer"]
        journal = try row["journal_id"]
        createdAt = try row["created_at"]
        updatedAt = try row["updated_at"]
        createdBy = try row["created_by"]
    }

    /// A new one.
    init(
        id: RecordID, from provider: String, event: String, _ tender: TenderDraft, on day: CivilDate, payer: String, journal: RecordID,
        at time: Instant, by caller: String
    ) {
        self.id = id
        version = 1
        status = .unmatched
        self.provider = provider
        eventID = event
        self.tender = tender
        receivedOn = day
        self.payer = payer
        self.journal = journal
        createdAt = time
        updatedAt = time
        createdBy = caller
    }

    /// - Throws: `illegalTransition`.
    mutating func become(_ next: ReceiptStatus, at time: Instant) throws(BillingError) {
        status = try status.becoming(next)
        version += 1
        updatedAt = max(updatedAt, time)
    }

    var message: Receipt {
        .with {
            $0.id = id.description
            $0.status = status.message
            $0.provider = provider
            $0.eventID = eventID
            $0.method = tender.tender.method.message
            $0.amount = BillingAPI.Money(tender.tender.amount)
            $0.receivedOn = receivedOn.description
            $0.reference = tender.reference
            $0.payer = payer
            $0.journalID = journal.description
            $0.createdAt = createdAt.timestamp
        }
    }
}
