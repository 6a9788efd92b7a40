public import Crypto

/// One who takes webhooks, as an operator has named him.
public struct WebhookReceiver: Sendable {
    /// Host, and port where it is not 443: as ``HTTPSAddress/authority`` has it.
    public let authority: String
    /// Those that sign, the newest first.
    public let secrets: [WebhookSecret]
    /// Where its name may lead.
    public let policy: AddressPolicy

    public init(authority: String, secrets: [WebhookSecret], policy: AddressPolicy = .publicOnly) {
        self.authority = authority
        self.secrets = secrets
        self.policy = policy
    }
}

/// Sends signed events to known receivers, to each with its own secrets: what one of them knows signs nothing for another.
public struct WebhookReceivers: Sender {
    private let senders: [String: WebhookSender]

    /// - Parameter client: connects to what its policy allows.
    public init(_ receivers: [WebhookReceiver], clock: WallClock = .system, client: (AddressPolicy) -> HTTPSClient) {
        var senders: [String: WebhookSender] = [:]
        for receiver in receivers {
            senders[receiver.authority] = WebhookSender(client(receiver.policy), clock: clock) { _ in receiver.secrets }
        }
        self.senders = senders
    }

    public func destination(of event: WebhookEvent) -> String { event.address.authority }

    public func send(_ event: WebhookEvent, id: UUIDv7) async -> Outcome {
        guard let sender = senders[event.address.authority] else {
            return .failed(
                reason: "\(event.address.authority) is no receiver of webhooks that this server is configured for", retryAfter: nil)
        }
        return await sender.send(event, id: id)
    }
}
