public import Postgres
public import Protobuf

/// Something that happened, to be told to others: it is written to the outbox by the transaction that makes it happen, so that the one is
/// never there without the other.
public struct Event: Sendable, Hashable {
    /// What it is: the full name of its message, `switchboard.lead.v1.LeadCreated`.
    public let topic: String
    /// What it is about, such as a lead's id. At most 256 bytes.
    public let subject: String
    public let payload: [UInt8]

    public init<Payload: Message>(_ message: Payload, about subject: String) {
        topic = Payload.fullName
        self.subject = subject
        payload = message.encoded()
    }
}

extension Event {
    /// The statement that writes it, for a statement of one's own to be followed by. Of the tenant that the transaction acts for.
    var insertion: SQL {
        """
        INSERT INTO outbox (tenant_id, topic, subject, payload, request_id)
        VALUES (current_tenant(), \(topic), \(subject), \(payload), current_setting('app.request_id'))
        """
    }

    /// The same as part of another statement: it is written once for each row that `condition` has, and not without one.
    ///
    ///     "WITH deleted AS (DELETE … RETURNING 1), told AS (\(event.insertion(from: "deleted"))) SELECT …"
    public func insertion(from condition: SQL) -> SQL {
        """
        INSERT INTO outbox (tenant_id, topic, subject, payload, request_id)
        SELECT current_tenant(), \(topic), \(subject), \(payload), current_setting('app.request_id') FROM \(condition)
        """
    }
}

extension Batch {
    /// Tells others, if the batch is committed.
    public mutating func tell(_ event: Event) {
        enqueue(event.insertion)
        announce(Outbox.word)
    }
}

extension Transaction {
    /// Tells others, if the transaction is committed. It travels with the next statement or with the commit.
    public func tell(_ event: Event) {
        enqueue(event.insertion)
        announce(Outbox.word)
    }
}
