public import Postgres
public import Protobuf

/// An event as the outbox has it.
public struct RecordedEvent: Sendable, Hashable {
    public let position: OutboxPosition
    public let tenant: String
    public let topic: String
    public let subject: String
    public let payload: [UInt8]
    /// Of the call that caused it.
    public let requestID: String

    /// The message, if it is one of `Payload`; nil when the event is about something else.
    public func decode<Payload: Message>(_ type: Payload.Type = Payload.self) throws(DecodeError) -> Payload? {
        guard topic == Payload.fullName else { return nil }
        return try Payload(decoding: payload)
    }
}

/// Where an event stands in the outbox. Events of one transaction stand together, in the order in which they were written.
public struct OutboxPosition: Sendable, Hashable, Comparable {
    /// PostgreSQL's number of the transaction that wrote it.
    let transaction: Int64
    let number: Int64

    /// Before every event.
    static let beginning = OutboxPosition(transaction: 0, number: 0)

    public static func < (left: OutboxPosition, right: OutboxPosition) -> Bool {
        (left.transaction, left.number) < (right.transaction, right.number)
    }
}

extension OutboxPosition: RowDecodable {
    public init(row: Row) throws(PostgresError) {
        transaction = try row["xid"]
        number = try row["number"]
    }
}

extension RecordedEvent: RowDecodable {
    public init(row: Row) throws(PostgresError) {
        position = try OutboxPosition(row: row)
        tenant = try row["tenant_id"]
        topic = try row["topic"]
        subject = try row["subject"]
        payload = try row["payload"]
        requestID = try row["request_id"]
    }
}
