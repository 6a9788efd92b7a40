public import Crypto
public import Postgres
internal import RPC
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

    /// Looks at one message that is no mail, whose id is the payload. Twelve attempts take up to three hours and a half: what comes later than
    /// that by telephone surprises.
    public static let deliver = JobKind<StringValue>(
        "outbound.deliver", queue: queue, retries: JobRetries(attempts: 12, first: .seconds(10), longest: .seconds(3_600)), timeout: timeout
    )

    /// Looks at one mail. RFC 5321 section 4.5.4.1 has senders try for four or five days, since servers of mail are away for a weekend: 40
    /// attempts take up to 4.9 days, half of that on average.
    public static let deliverMail = JobKind<StringValue>(
        "outbound.deliver_mail", queue: queue, retries: JobRetries(attempts: 40, first: .seconds(10), longest: .seconds(4 * 3_600)),
        timeout: timeout)

    private static let timeout = Deliveries.longestAttempt + .seconds(30)

    /// What is done for these jobs. A message that failed is tried again; one that is unknown is not, and ends its job.
    public static func handlers(_ deliveries: Deliveries) -> [JobHandler] {
        [deliver, deliverMail].map { handler($0, deliveries) }
    }

    private static func handler(_ kind: JobKind<StringValue>, _ deliveries: Deliveries) -> JobHandler {
        JobHandler(kind) { payload, job in
            guard let id = UUIDv7(payload.value) else { throw JobError.permanent("The payload is no id of a message.") }
            switch try await deliveries.deliver(id, job.scope) {
            case .ended, .missing: return
            case .failed(let reason, let retryAfter):
                if let retryAfter { throw JobError.retryAfter(retryAfter, reason) }
                throw RPCError(.unavailable, reason)
            case .deferred(_, let retryAfter): throw JobError.snooze(retryAfter)
            }
        }
    }

    /// An operator's word on a message that is unknown; see `Deliveries.resolve`. One that is to be sent again gets a job in the same commit.
    public static func resolve(
        _ id: UUIDv7, as resolution: DeliveryResolution, by operatorName: String, _ deliveries: Deliveries, _ scope: Scope
    ) async throws(PostgresError) -> Bool {
        let isMail = resolution == .sendAgain ? try await deliveries.record(id, scope)?.isMail ?? false : false
        return try await deliveries.resolve(id, as: resolution, by: operatorName, scope) { batch in
            if resolution == .sendAgain { batch.enqueue(job(id, isMail: isMail)) }
        }
    }

    static func job(_ delivery: Delivery) -> Job {
        if case .email = delivery.message { job(delivery.id, isMail: true) } else { job(delivery.id, isMail: false) }
    }

    private static func job(_ id: UUIDv7, isMail: Bool) -> Job {
        var payload = StringValue()
        payload.value = id.description
        return Job(isMail ? deliverMail : deliver, payload)
    }
}

extension Batch {
    /// Has a message sent once this batch is committed, and not at all when it is rolled back.
    public mutating func send(_ delivery: Delivery, clock: WallClock = .system) {
        enqueue(delivery.insertion(at: clock.unixMicroseconds()))
        enqueue(OutboundJobs.job(delivery))
    }
}

extension Transaction {
    /// Has a message sent once this transaction is committed, and not at all when it is rolled back.
    public func send(_ delivery: Delivery, clock: WallClock = .system) {
        enqueue(delivery.insertion(at: clock.unixMicroseconds()))
        enqueue(OutboundJobs.job(delivery))
    }
}
