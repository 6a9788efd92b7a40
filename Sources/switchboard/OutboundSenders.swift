internal import Net
internal import Platform
internal import Postgres
internal import Senders
internal import TLS

/// Who carries this server's messages, as its configuration says.
struct OutboundSenders: Sendable {
    private let senders: ChannelSenders
    /// What carries mail, which another relay or password may replace.
    private let mail: RenewableSender<Email>?

    init(_ files: ServerFiles, on loop: EventLoop, log: Log) {
        var senders = ChannelSenders()
        mail = files.mailRelay.map { RenewableSender(SMTPSender($0, on: loop)) }
        if let mail {
            senders.email = GuardedSender(
                mail,
                report: { destination, change in
                    switch change {
                    case .opened(let pause):
                        let seconds = Int(pause.components.seconds)
                        log.write(.warning, "destination_left_alone", ["destination": .text(destination), "seconds": .number(seconds)])
                    case .closed: log.write(.info, "destination_works_again", ["destination": .text(destination)])
                    }
                })
        }
        self.senders = senders
    }

    /// Mail goes to this relay from now on; what is under way ends where it began.
    func replace(_ relay: SMTPRelay?, on loop: EventLoop) {
        if let mail, let relay { mail.replace(with: SMTPSender(relay, on: loop)) }
    }

    /// None where nothing can be sent: such a server leaves messages to those that can.
    func handlers(_ database: Database) -> [JobHandler] {
        mail != nil ? OutboundJobs.handlers(Deliveries(database, senders)) : []
    }
}

extension Settings.Mail {
    /// The relay, its password and roots read from their files.
    func relay() throws -> SMTPRelay {
        let security: SMTPRelay.Security =
            switch self.security {
            case .startTLS: .startTLS(try tls())
            case .implicitTLS: .implicitTLS(try tls())
            case .none: .none
            }
        var credentials: SMTPRelay.Credentials?
        if let user, let passwordFile {
            credentials = SMTPRelay.Credentials(user: user, password: try SecretFile.line(passwordFile))
        }
        do {
            return try SMTPRelay(host: host, port: port, security: security, credentials: credentials, clientName: clientName)
        } catch {
            throw Failure("\(error)")
        }
    }

    /// Relays of others speak what they speak: TLS 1.2 is good enough to hand mail over.
    private func tls() throws -> TLSContext {
        try TLSContext.client(roots: .file(rootsFile), oldestVersion: .tls12, alpn: [])
    }
}
