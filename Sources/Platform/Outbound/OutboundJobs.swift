public import Crypto
public import Postgres
public import Senders
public import StandardTypes

/// How messages get from a transaction to their senders: each is a row and a job of one commit.
///
///     try await database.batch(call) { batch in
///         batch.enqueue(.issueBill(bill))
///         batch.send(try Delivery(.email(mail), dedupeKey: "bill/\(bill.id)/issued"))
///     }
public enum OutboundJobs {
    /// The queue that a server which sends has to work on.
    public static let queue = "outbound"

    /// Looks at one message, whose id is the payload. Twelve attempts take up to some nine hours, about what mail relays do by themselves.
    public static let deliver = JobKind<StringValue>(
        "outbound.deliver", queue: queue, retries: JobRetries(attempts: 12, first: .seconds(10), longest: .seconds(3_600)),
        timeout: Deliveries.longestAttempt + .seconds(30))

    /// What is done for these jobs. A message that failed is tried again; one that is unknown is not, and ends its job.
    public static func handler(_ deliveries: Deliveries) -> JobHandler {
        JobHandler(deliver) { payload, job in
            guard let id = UUIDv7(payload.value) else { throw JobError.permanent("The payload is no id of a message.") }
            switch try await deliveries.deliver(id, job.scope) {
            case .ended, .missing: return
            case .failed(let reason, let retryAfter):
                if let retryAfter { throw JobError.retryAfter(retryAfter, reason) }
                throw DeliveryFailure(description: reason)
            case .deferred(_, let retryAfter): throw JobError.snooze(retryAfter)
            }
        }
    }

    /// An operator's word on a message that is unknown; see `Deliveries.resolve`. One that is to be sent again gets a job in the same commit.
    public static func resolve(
        _ id: UUIDv7, as resolution: DeliveryResolution, by operatorName: String, _ deliveries: Deliveries, _ scope: Scope
    ) async throws(PostgresError) -> Bool {
        try await deliveries.resolve(id, as: resolution, by: operatorName, scope) { batch in
            if resolution == .sendAgain { batch.enqueue(job(id)) }
        }
    }

    static func job(_ id: UUIDv7) -> Job {
        var payload = StringValue()
        payload.value = id.description
        return Job(deliver, payload)
    }
}

extension Batch {
    /// Has a message sent once this batch is committed, and not at all when it is rolled back.
    public mutating func send(_ delivery: Delivery, clock: WallClock = .system) {
        enqueue(delivery.insertion(at: clock.unixMicroseconds()))
        enqueue(OutboundJobs.job(delivery.id))
    }
}

extension Transaction {
    /// Has a message sent once this transaction is committed, and not at all when it is rolled back.
    public func send(_ delivery: Delivery, clock: WallClock = .system) {
        enqueue(delivery.insertion(at: clock.unixMicroseconds()))
        enqueue(OutboundJobs.job(delivery.id))
    }
}

/// What a job's history says of an attempt that failed.
private struct DeliveryFailure: Error, CustomStringConvertible {
    var description: String
}
