internal import Net
internal import Platform
internal import Postgres
internal import Senders
internal import TLS

/// Who carries this server's messages, as its configuration says.
struct OutboundSenders {
    private let senders: ChannelSenders
    private let canSend: Bool

    init(_ settings: Settings, on loop: EventLoop, log: Log) throws {
        var senders = ChannelSenders()
        if let mail = settings.mail {
            senders.email = GuardedSender(
                SMTPSender(try mail.relay(), on: loop),
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
        canSend = settings.mail != nil
    }

    /// None where nothing can be sent: such a server leaves messages to those that can.
    func handlers(_ database: Database) -> [JobHandler] {
        canSend ? OutboundJobs.handlers(Deliveries(database, senders)) : []
    }
}

extension Settings.Mail {
    /// The relay, its password and roots read from their files.
    fileprivate func relay() throws -> SMTPRelay {
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
