internal import Platform
internal import Senders
internal import TLS

/// What carries this server's messages, as its configuration and the files say that it names: whoever is nil is not configured.
struct SenderFiles: Sendable {
    let mailRelay: SMTPRelay?
    let textMessages: (account: TextMessageAccount, tls: TLSContext)?
    let whatsApp: (account: WhatsAppAccount, tls: TLSContext)?
    let webhooks: (receivers: [WebhookReceiver], tls: TLSContext)?

    init(_ settings: Settings) throws {
        mailRelay = try settings.mail?.relay()
        textMessages = try settings.textMessages.map { try ($0.gateway(), Self.tls($0.rootsFile)) }
        whatsApp = try settings.whatsApp.map { try ($0.gateway(), Self.tls($0.rootsFile)) }
        webhooks = try settings.webhooks.map { webhooks in
            try (webhooks.receivers.map { try $0.receiver() }, Self.tls(webhooks.rootsFile))
        }
    }

    /// Providers and receivers speak what they speak: TLS 1.2 is good enough.
    fileprivate static func tls(_ roots: String) throws -> TLSContext {
        try TLSContext.client(roots: .file(roots), oldestVersion: .tls12, alpn: [])
    }

    /// - Parameter file: what a secret came from: senders do not know it, and operators want to.
    fileprivate static func checked<Value>(_ file: String? = nil, _ body: () throws(SenderError) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw Failure("\(file.map { "\($0): " } ?? "")\(error)")
        }
    }
}

extension Settings.Mail {
    /// The relay, its password and roots read from their files.
    fileprivate func relay() throws -> SMTPRelay {
        let security: SMTPRelay.Security =
            switch self.security {
            case .startTLS: .startTLS(try SenderFiles.tls(rootsFile))
            case .implicitTLS: .implicitTLS(try SenderFiles.tls(rootsFile))
            case .none: .none
            }
        var credentials: SMTPRelay.Credentials?
        if let user, let passwordFile {
            credentials = SMTPRelay.Credentials(user: user, password: try SecretFile.line(passwordFile))
        }
        return try SenderFiles.checked { () throws(SenderError) in
            try SMTPRelay(host: host, port: port, security: security, credentials: credentials, clientName: clientName)
        }
    }
}

extension Settings.TextMessages {
    fileprivate func gateway() throws -> TextMessageAccount {
        let token = try SecretFile.line(tokenFile)
        return try SenderFiles.checked(tokenFile) { () throws(SenderError) in
            try TextMessageAccount(base: base, account: account, token: token, from: sender)
        }
    }
}

extension Settings.WhatsApp {
    fileprivate func gateway() throws -> WhatsAppAccount {
        let token = try SecretFile.line(tokenFile)
        return try SenderFiles.checked(tokenFile) { () throws(SenderError) in
            try WhatsAppAccount(base: base, version: apiVersion, phoneNumberID: phoneNumberID, token: token)
        }
    }
}

extension Settings.WebhookReceiver {
    fileprivate func receiver() throws -> WebhookReceiver {
        let secrets = try secretFiles.map { file in
            let text = try SecretFile.line(file)
            return try SenderFiles.checked(file) { () throws(SenderError) in try WebhookSecret(text) }
        }
        return WebhookReceiver(authority: authority, secrets: secrets, policy: isInOwnNetwork ? .any : .publicOnly)
    }
}
