internal import Net
internal import Platform
internal import Postgres
internal import Senders
internal import TLS

/// Who carries this server's messages. What a channel goes through may become another while it is in use; what is known of its destinations
/// stays.
struct OutboundSenders: Sendable {
    private let channels: ChannelSenders
    private let mail: RenewableSender<Email>?
    private let textMessages: RenewableSender<TextMessage>?
    private let whatsApp: RenewableSender<WhatsAppMessage>?
    private let webhooks: RenewableSender<WebhookEvent>?

    init(_ files: SenderFiles, on loop: EventLoop, log: Log) {
        mail = Self.mail(files, loop).map { RenewableSender($0) }
        textMessages = Self.textMessages(files, loop).map { RenewableSender($0) }
        whatsApp = Self.whatsApp(files, loop).map { RenewableSender($0) }
        webhooks = Self.webhooks(files, loop).map { RenewableSender($0) }
        channels = ChannelSenders(
            email: mail.map { Self.guarded($0, log) }, textMessage: textMessages.map { Self.guarded($0, log) },
            whatsApp: whatsApp.map { Self.guarded($0, log) }, webhook: webhooks.map { Self.guarded($0, log) })
    }

    /// Messages go so from now on; what is under way ends as it began. A channel that was not there is not there before the next start, and one
    /// that is no more in the configuration goes on until then.
    func replace(with files: SenderFiles, on loop: EventLoop) {
        if let mail, let new = Self.mail(files, loop) { mail.replace(with: new) }
        if let textMessages, let new = Self.textMessages(files, loop) { textMessages.replace(with: new) }
        if let whatsApp, let new = Self.whatsApp(files, loop) { whatsApp.replace(with: new) }
        if let webhooks, let new = Self.webhooks(files, loop) { webhooks.replace(with: new) }
    }

    /// What mail goes through; nil: nobody.
    var email: (any Sender<Email>)? { channels.email }

    /// For the channels that this server has somebody for: messages of others are left to servers that have.
    func handlers(_ database: Database) -> [JobHandler] {
        OutboundJobs.handlers(Deliveries(database, channels))
    }

    private static func mail(_ files: SenderFiles, _ loop: EventLoop) -> SMTPSender? {
        files.mailRelay.map { SMTPSender($0, on: loop) }
    }

    private static func textMessages(_ files: SenderFiles, _ loop: EventLoop) -> TextMessageSender? {
        files.textMessages.map { TextMessageSender(HTTPSClient($0.tls, policy: .any, on: loop), $0.account) }
    }

    private static func whatsApp(_ files: SenderFiles, _ loop: EventLoop) -> WhatsAppSender? {
        files.whatsApp.map { WhatsAppSender(HTTPSClient($0.tls, policy: .any, on: loop), $0.account) }
    }

    private static func webhooks(_ files: SenderFiles, _ loop: EventLoop) -> WebhookReceivers? {
        files.webhooks.map { webhooks in
            WebhookReceivers(webhooks.receivers) { HTTPSClient(webhooks.tls, policy: $0, on: loop) }
        }
    }

    private static func guarded<Content>(_ sender: RenewableSender<Content>, _ log: Log) -> GuardedSender<Content> {
        GuardedSender(
            sender,
            report: { destination, change in
                switch change {
                case .opened(let pause):
                    let seconds = Int(pause.components.seconds)
                    log.write(.warning, "destination_left_alone", ["destination": .text(destination), "seconds": .number(seconds)])
                case .closed: log.write(.info, "destination_works_again", ["destination": .text(destination)])
                }
            })
    }
}
