public import Crypto

/// One event for one receiver.
public struct WebhookEvent: Sendable, Hashable {
    public let address: HTTPSAddress
    /// What happened, such as `lead.created`.
    public let type: String
    /// JSON, sent byte for byte: the signature is over these bytes.
    public let body: [UInt8]

    public init(to address: HTTPSAddress, type: String, body: [UInt8]) throws(SenderError) {
        let isType = type.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
        guard isType, (1...100).contains(type.utf8.count) else {
            throw .message("The type of a webhook's event is words of lower-case letters with dots between, such as lead.created.")
        }
        guard body.count <= Limits.webhookBodyBytes else { throw .message("A webhook has at most \(Limits.webhookBodyBytes) bytes.") }
        guard String(validating: body, as: UTF8.self) != nil, !body.contains(0) else {
            throw .message("The body of a webhook is JSON, so that it is UTF-8 without a NUL character.")
        }
        self.address = address
        self.type = type
        self.body = body
    }
}

/// Sends signed events. Addresses come from tenants, so that its client must connect to public ones only.
public struct WebhookSender: Sender {
    private let client: HTTPSClient
    private let clock: WallClock
    private let secrets: @Sendable (WebhookEvent) async throws -> [WebhookSecret]

    /// - Parameter secrets: those of the event's receiver that are active, the newest first; while one replaces another both sign.
    public init(
        _ client: HTTPSClient, clock: WallClock = .system, secrets: @escaping @Sendable (WebhookEvent) async throws -> [WebhookSecret]
    ) {
        self.client = client
        self.clock = clock
        self.secrets = secrets
    }

    public func destination(of event: WebhookEvent) -> String { event.address.authority }

    public func send(_ event: WebhookEvent, id: UUIDv7) async -> Outcome {
        let active: [WebhookSecret]
        do {
            active = try await secrets(event)
        } catch {
            return .failed(reason: "the secrets of \(event.address.host) cannot be had: \(PrintableText.of("\(error)"))", retryAfter: nil)
        }
        // Never unsigned: a receiver that takes one of those takes all.
        guard (1...Limits.webhookSecrets).contains(active.count) else {
            return .failed(
                reason: "there are \(active.count) active secrets for \(event.address.host), not 1 to \(Limits.webhookSecrets)",
                retryAfter: nil)
        }
        do throws(SenderError) {
            let request = try request(for: event, id: id, secrets: active)
            return Self.outcome(await client.send(request, to: event.address), of: event.address.host)
        } catch {
            return .refused(reason: error.description)
        }
    }

    /// The event's id is the same in all attempts: by it a receiver knows a repetition.
    func request(for event: WebhookEvent, id: UUIDv7, secrets: [WebhookSecret]) throws(SenderError) -> HTTPRequest {
        try HTTPRequest(
            post: event.address,
            fields: [
                ("Content-Type", "application/json"), ("User-Agent", "switchboard-webhooks/1"), ("Webhook-Id", id.description),
                ("Webhook-Event", event.type),
                ("Webhook-Signature", WebhookSignature.header(event.body, secrets: secrets, unixSeconds: clock.unixSeconds)),
            ], body: event.body)
    }

    /// Receivers are programs of strangers, wrong today and mended tomorrow: only 410 says that they never want it. One that answers 504 may
    /// have taken it: it knows the repetition by its id.
    private static func outcome(_ result: HTTPSClient.Result, of host: String) -> Outcome {
        switch result {
        case .notSent(.message(let text)): .refused(reason: text)
        case .notSent(let error): .failed(reason: error.description, retryAfter: nil)
        case .noReply(let error): .unknown(reason: error.description)
        case .replied(let reply):
            switch reply.status {
            case 200...299: .accepted(providerID: nil)
            case 410: .refused(reason: "\(host) answers 410: it does not want this any more")
            default: .failed(reason: "\(host) answers \(reply.status)", retryAfter: reply.retryAfter)
            }
        }
    }
}
