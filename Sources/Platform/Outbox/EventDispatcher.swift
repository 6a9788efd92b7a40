internal import Postgres

/// Hands the outbox's events to a consumer, from where it stopped last. Any number of processes may do so for the same consumer: one at a
/// time reads, and another one goes on where it stopped.
struct EventDispatcher: Sendable {
    private let database: Database
    let consumer: any EventConsumer
    private let log: Log

    init(_ database: Database, to consumer: any EventConsumer, log: Log = Log(minimum: .error)) {
        self.database = database
        self.consumer = consumer
        self.log = log
    }

    /// Makes the place of a consumer that is new: it hears what happens from then on. `dispatch` does so, too, when it finds none.
    func register() async throws {
        let name = consumer.name
        try await database.batch(Scope.outbox) { $0.enqueue(.makeCursor(of: name)) }
    }

    /// One page of events in one transaction. Gives how many there were; none also when another process reads for the consumer.
    @discardableResult
    func dispatch() async throws -> Int {
        let name = consumer.name
        let count: Int = try await database.transaction(Scope.outbox) { transaction in
            guard let place = try await transaction.optional(.holdCursor(of: name), as: HeldPlace.self) else { return -1 }
            var position = place.position
            if place.isAhead {
                // Nothing would be heard for as long as the old cluster had lived, and what is new would be purged as if it had been.
                position = .beginning
                transaction.enqueue(.moveCursor(of: name, to: position))
                log.write(
                    .warning, "events_heard_from_the_beginning",
                    ["to": .text(name), "reason": "its place is ahead of the database: one that was restored from another cluster"])
            }
            let events = try await transaction.all(.events(after: position, limit: Limits.outboxPage), as: RecordedEvent.self)
            var tenant: String?
            for event in events {
                if event.tenant != tenant {
                    transaction.enqueue(.actFor(event.tenant))
                    tenant = event.tenant
                }
                try await consumer.consume(event, transaction)
            }
            if let last = events.last { transaction.enqueue(.moveCursor(of: name, to: last.position)) }
            return events.count
        }
        if count < 0 { try await register() }
        return max(0, count)
    }
}

/// A consumer's place.
struct HeldPlace: RowDecodable {
    var position: OutboxPosition
    var isAhead: Bool

    init(row: Row) throws(PostgresError) {
        position = try OutboxPosition(row: row)
        isAhead = try row["is_ahead"]
    }
}

extension Scope {
    /// No tenant's: what is read goes through the outbox's own functions.
    static var outbox: Scope { Scope(tenant: nil, caller: "outbox", requestID: "outbox") }
}

extension SQL {
    /// The tenant of what follows in this transaction.
    static func actFor(_ tenant: String) -> SQL {
        "SELECT set_config('app.tenant', \(tenant), true)"
    }
}
