public import Crypto
public import Postgres

/// Who carries what, by channel; nil where this deployment has nobody.
public struct ChannelSenders: Sendable {
    public var email: (any Sender<Email>)?
    public var textMessage: (any Sender<TextMessage>)?
    public var whatsApp: (any Sender<WhatsAppMessage>)?
    public var webhook: (any Sender<WebhookEvent>)?

    public init(
        email: (any Sender<Email>)? = nil, textMessage: (any Sender<TextMessage>)? = nil, whatsApp: (any Sender<WhatsAppMessage>)? = nil,
        webhook: (any Sender<WebhookEvent>)? = nil
    ) {
        self.email = email
        self.textMessage = textMessage
        self.whatsApp = whatsApp
        self.webhook = webhook
    }

    /// What can be sent.
    public var channels: [OutboundMessage.Channel] {
        OutboundMessage.Channel.allCases.filter { channel in
            switch channel {
            case .email: email != nil
            case .sms: textMessage != nil
            case .whatsapp: whatsApp != nil
            case .webhook: webhook != nil
            }
        }
    }

    func send(_ message: OutboundMessage, id: UUIDv7) async -> Outcome {
        switch message {
        case .email(let email): await send(email, id, by: self.email)
        case .textMessage(let text): await send(text, id, by: textMessage)
        case .whatsApp(let text): await send(text, id, by: whatsApp)
        case .webhook(let event): await send(event, id, by: webhook)
        }
    }

    private func send<Content: Sendable>(_ content: Content, _ id: UUIDv7, by sender: (any Sender<Content>)?) async -> Outcome {
        guard let sender else { return .failed(reason: "nobody here is configured to send messages of this channel", retryAfter: nil) }
        return await sender.send(content, id: id)
    }
}

/// What came of a look at a message.
public enum DeliveryResult: Sendable, Hashable {
    /// It has its end, by this attempt or an earlier one.
    case ended(DeliveryState)
    /// This attempt failed, and the message was certainly not taken.
    case failed(reason: String, retryAfter: Duration?)
    /// Nothing was tried.
    case deferred(reason: String, retryAfter: Duration)
    /// There is no such message: another one of the same name was there first, or its transaction was rolled back.
    case missing
}

/// What an operator found out about a message that may have been taken.
public enum DeliveryResolution: Sendable, Hashable {
    case accepted
    case refused
    /// It was not taken, or a second copy does no harm.
    case sendAgain
}

/// Sends what the database holds, and writes down what came of it.
///
/// An attempt is committed before its first byte goes out. A server that dies between that and the end leaves a message of which nobody knows
/// whether it was taken; it becomes unknown when the attempt's time is over, and stays so until an operator resolves it.
public struct Deliveries: Sendable {
    private let database: Database
    private let senders: ChannelSenders
    private let clock: WallClock

    public init(_ database: Database, _ senders: ChannelSenders, clock: WallClock = .system) {
        self.database = database
        self.senders = senders
        self.clock = clock
    }

    /// What it can send; other messages are left to other servers.
    public var channels: [OutboundMessage.Channel] { senders.channels }

    /// How long an attempt takes at most: a job that makes one needs as much.
    public static let longestAttempt = Limits.attemptTime

    /// Looks at a message and sends it if it is time. Safe to call at any time, any number of times, from any number of servers.
    ///
    /// - Parameter scope: of the message's tenant.
    public func deliver(_ id: UUIDv7, _ scope: Scope) async throws(PostgresError) -> DeliveryResult {
        let now = clock.unixMicroseconds()
        let until = Timestamptz(unixMicroseconds: now + Limits.attemptLeaseMicroseconds)
        let claimed: ClaimedDelivery? = try await database.batch(scope) { batch in
            batch.optional(.beginDelivery(id, until: until, now: Timestamptz(unixMicroseconds: now)))
        }
        guard let claimed else { return try await look(id, scope) }
        return try await send(claimed, scope)
    }

    public func record(_ id: UUIDv7, _ scope: Scope) async throws(PostgresError) -> DeliveryRecord? {
        try await database.batch(scope) { $0.optional(.delivery(id)) }
    }

    /// Messages, the newest first, behind the last one of the page before.
    public func list(
        _ query: DeliveryQuery, after last: UUIDv7? = nil, limit: Int = 100, _ scope: Scope
    ) async throws(PostgresError) -> [DeliveryRecord] {
        try await database.batch(scope) { $0.all(.deliveries(query, after: last, limit: min(limit, Limits.deliveriesPerPage))) }
    }

    /// Says what became of a message that was unknown. `sendAgain` queues it; the caller has a job look at it.
    ///
    /// - Parameter also: statements of the same commit.
    /// - Returns: false when it was not unknown, and nothing was changed.
    public func resolve(
        _ id: UUIDv7, as resolution: DeliveryResolution, by operatorName: String, _ scope: Scope, also: (inout Batch) -> Void = { _ in }
    ) async throws(PostgresError) -> Bool {
        let state: DeliveryState =
            switch resolution {
            case .accepted: .accepted
            case .refused: .refused
            case .sendAgain: .queued
            }
        let name = PrintableText.of(operatorName)
        let now = Timestamptz(unixMicroseconds: clock.unixMicroseconds())
        let changed: Int = try await database.batch(scope) { batch in
            let resolved = batch.execute(.resolveDelivery(id, as: state, reason: "resolved by \(name)", by: name, now: now))
            also(&batch)
            return resolved
        }
        return changed == 1
    }

    private func send(_ claimed: ClaimedDelivery, _ scope: Scope) async throws(PostgresError) -> DeliveryResult {
        let outcome: Outcome
        do throws(SenderError) {
            outcome = await senders.send(try claimed.message(), id: claimed.record.id)
        } catch {
            outcome = .refused(reason: error.description)
        }
        try await end(claimed.record, outcome, scope)
        switch outcome {
        case .failed(let reason, let retryAfter): return .failed(reason: reason, retryAfter: retryAfter)
        case .deferred(let reason, let retryAfter): return .deferred(reason: reason, retryAfter: retryAfter)
        case .accepted, .refused, .unknown: return .ended(DeliveryEnd(outcome).state)
        }
    }

    /// Also when the caller was cancelled meanwhile, or is out of time: what is known now nobody can find out later.
    private func end(_ record: DeliveryRecord, _ outcome: Outcome, _ scope: Scope) async throws(PostgresError) {
        var scope = scope
        scope.deadline = nil
        let statement = SQL.endDelivery(
            record.id, attempt: record.attempt, DeliveryEnd(outcome), now: Timestamptz(unixMicroseconds: clock.unixMicroseconds()))
        let task = Task { [scope, database] () async -> Result<Void, PostgresError> in
            do throws(PostgresError) {
                try await database.batch(scope) { $0.enqueue(statement) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try await task.value.get()
    }

    /// Nobody can begin an attempt: why not?
    private func look(_ id: UUIDv7, _ scope: Scope) async throws(PostgresError) -> DeliveryResult {
        guard let record = try await record(id, scope) else { return .missing }
        let now = clock.unixMicroseconds()
        switch DeliveryStep(record.state, sendingUntil: record.sendingUntil?.unixMicroseconds, now: now) {
        case .nothing: return .ended(record.state)
        // Put back between the two looks.
        case .send: return .deferred(reason: "another attempt has just ended", retryAfter: Limits.fullDestinationPause)
        case .wait(let microseconds):
            return .deferred(reason: "another attempt is under way, or died with its server", retryAfter: .microseconds(microseconds))
        case .lost:
            let reason = "the attempt did not end: its server died, or the database did"
            try await database.batch(scope) { $0.enqueue(.loseDelivery(id, reason: reason, now: Timestamptz(unixMicroseconds: now))) }
            return .ended(.unknown)
        }
    }
}
