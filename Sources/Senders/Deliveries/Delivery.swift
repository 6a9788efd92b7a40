public import Crypto
public import Postgres

/// A message to be sent once its transaction is committed.
public struct Delivery: Sendable, Hashable {
    public let id: UUIDv7
    public let dedupeKey: String
    public let message: OutboundMessage

    /// - Parameter dedupeKey: the caller's name for this message, 1 to 200 characters: `invoice/2026-00017/issued`. Of several with the same
    ///   name the tenant's first one is sent, for as long as it is kept: 30 days after its end.
    public init(_ message: OutboundMessage, dedupeKey: String, id: UUIDv7 = UUIDv7Generator.system.next()) throws(SenderError) {
        guard (1...Limits.dedupeKeyCharacters).contains(dedupeKey.unicodeScalars.count), !dedupeKey.utf8.contains(0) else {
            throw .message("The dedupe key of a message has 1 to \(Limits.dedupeKeyCharacters) characters.")
        }
        self.id = id
        self.dedupeKey = dedupeKey
        self.message = message
    }

    /// Writes it down. Nothing is sent by that: a job does it.
    public func insertion(at unixMicroseconds: Int64) -> SQL {
        let now = Timestamptz(unixMicroseconds: unixMicroseconds)
        return """
            INSERT INTO delivery (tenant_id, id, dedupe_key, channel, recipient, fields, created_at, changed_at)
            VALUES (current_tenant(), \(id), \(dedupeKey), \(message.channel.rawValue), \(message.recipient), \(message.fields), \(now), \(now))
            ON CONFLICT ON CONSTRAINT delivery_dedupe DO NOTHING
            """
    }
}

/// A message as the database keeps it, without its text.
public struct DeliveryRecord: Sendable, RowDecodable {
    public let id: UUIDv7
    public let channel: String
    public let recipient: String
    public let dedupeKey: String
    public let state: DeliveryState
    /// Attempts so far.
    public let attempt: Int
    public let providerID: String?
    public let reason: String?
    public let resolvedBy: String?
    public let createdAt: Timestamptz
    public let changedAt: Timestamptz
    let sendingUntil: Timestamptz?

    public init(row: Row) throws(PostgresError) {
        id = try row["id"]
        channel = try row["channel"]
        recipient = try row["recipient"]
        dedupeKey = try row["dedupe_key"]
        state = try row["state"]
        let attempt: Int32 = try row["attempt"]
        self.attempt = Int(attempt)
        providerID = try row["provider_id"]
        reason = try row["reason"]
        resolvedBy = try row["resolved_by"]
        createdAt = try row["created_at"]
        changedAt = try row["changed_at"]
        sendingUntil = try row["sending_until"]
    }

    static let columns: SQL = """
        id, channel, recipient, dedupe_key, state, attempt, provider_id, reason, resolved_by, created_at, changed_at, sending_until
        """
}

/// A message whose attempt has begun.
struct ClaimedDelivery: RowDecodable {
    let record: DeliveryRecord
    let fields: [String]

    init(row: Row) throws(PostgresError) {
        record = try DeliveryRecord(row: row)
        fields = try row["fields"]
    }

    func message() throws(SenderError) -> OutboundMessage {
        try OutboundMessage(channel: record.channel, recipient: record.recipient, fields: fields)
    }
}

/// Which messages are looked for.
public struct DeliveryQuery: Sendable, Hashable {
    /// Nil: in any state.
    public var state: DeliveryState?
    /// As records have it; nil: to anybody.
    public var recipient: String?

    public init(state: DeliveryState? = nil, recipient: String? = nil) {
        self.state = state
        self.recipient = recipient
    }
}
