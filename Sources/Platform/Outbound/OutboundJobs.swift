internal import Crypto
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

    /// Looks at one mail, whose id is the payload. RFC 5321 section 4.5.4.1 has senders try for four or five days, since servers of mail are
    /// away for a weekend: 40 attempts take up to 4.9 days, half of that on average.
    public static let deliverMail = kind(
        "outbound.deliver_mail", JobRetries(attempts: 40, first: .seconds(10), longest: .seconds(4 * 3_600)))

    public static let deliverTextMessage = kind("outbound.deliver_sms", soon)
    public static let deliverWhatsApp = kind("outbound.deliver_whatsapp", soon)
    public static let deliverWebhook = kind("outbound.deliver_webhook", soon)

    /// Twelve attempts take up to three hours and a half: what comes later than that by telephone surprises.
    private static let soon = JobRetries(attempts: 12, first: .seconds(10), longest: .seconds(3_600))

    private static func kind(_ name: String, _ retries: JobRetries) -> JobKind<StringValue> {
        JobKind<StringValue>(name, queue: queue, retries: retries, timeout: Deliveries.longestAttempt + .seconds(30))
    }

    /// A kind for each channel, so that a server gets the jobs only that it has somebody for.
    private static func kind(of channel: OutboundMessage.Channel) -> JobKind<StringValue> {
        switch channel {
        case .email: deliverMail
        case .sms: deliverTextMessage
        case .whatsapp: deliverWhatsApp
        case .webhook: deliverWebhook
        }
    }

    /// What is done for these jobs, as far as somebody here carries such messages. A message that failed is tried again; one that is unknown is
    /// not, and ends its job.
    public static func handlers(_ deliveries: Deliveries) -> [JobHandler] {
        deliveries.channels.map { handler(kind(of: $0), deliveries) }
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
    ///
    /// - Parameter record: the message as it was found.
    public static func resolve(
        _ record: DeliveryRecord, as resolution: DeliveryResolution, by operatorName: String, _ deliveries: Deliveries, _ scope: Scope
    ) async throws(PostgresError) -> Bool {
        let channel = OutboundMessage.Channel(rawValue: record.channel)
        return try await deliveries.resolve(record.id, as: resolution, by: operatorName, scope) { batch in
            // Once, however many say so at the same time.
            if resolution == .sendAgain, let channel { batch.enqueue(job(record.id, channel, unique: .skip(record.id.description))) }
        }
    }

    static func job(_ delivery: Delivery) -> Job { job(delivery.id, delivery.message.channel) }

    private static func job(_ id: UUIDv7, _ channel: OutboundMessage.Channel, unique: Job.Uniqueness? = nil) -> Job {
        var payload = StringValue()
        payload.value = id.description
        return Job(kind(of: channel), payload, unique: unique)
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
