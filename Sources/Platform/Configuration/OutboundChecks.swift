internal import ConfigAPI
internal import Senders

/// What a configuration says of messages that leave the house.
extension ConfigurationChecks {
    mutating func mail(_ mail: Config.Mail) -> Settings.Mail {
        let security: Settings.Mail.Security
        switch mail.security {
        case .implicitTls: security = .implicitTLS
        case .none: security = .none
        case .unspecified: security = .startTLS
        default:
            note("mail.security", "This version does not know it.")
            security = .startTLS
        }
        let port = UInt16(exactly: mail.relayPort == 0 ? 587 : mail.relayPort)
        if port == nil { note("mail.relayPort", "A port is a number from 1 to 65535.") }
        if mail.user.isEmpty != mail.passwordFile.isEmpty { note("mail.passwordFile", "A user has a password, and nobody has none.") }
        if security == .none, !mail.user.isEmpty { note("mail.security", "A password is not sent for all to read: use TLS.") }
        return Settings.Mail(
            host: text(mail.relayHost, "mail.relayHost"), port: port ?? 587, security: security,
            rootsFile: roots(mail.rootsFile, "mail.rootsFile"),
            user: mail.user.isEmpty ? nil : mail.user,
            passwordFile: optionalPath(mail.passwordFile, "mail.passwordFile"), clientName: text(mail.clientName, "mail.clientName"),
            from: from(mail))
    }

    private mutating func from(_ mail: Config.Mail) -> Mailbox? {
        if mail.fromAddress.isEmpty { return nil }
        if let address = try? MailAddress(mail.fromAddress), let from = try? Mailbox(name: mail.fromName, address) { return from }
        note("mail.fromAddress", "It is an address like no-reply@example.com, and the name beside it has at most 200 characters.")
        return nil
    }

    mutating func textMessages(_ gateway: Config.TextMessages) -> Settings.TextMessages {
        Settings.TextMessages(
            base: base(gateway.baseURL, "textMessages.baseUrl", default: "https://api.twilio.com"),
            account: text(gateway.account, "textMessages.account"), tokenFile: path(gateway.tokenFile, "textMessages.tokenFile"),
            sender: text(gateway.sender, "textMessages.sender"), rootsFile: roots(gateway.rootsFile, "textMessages.rootsFile"))
    }

    mutating func whatsApp(_ account: Config.WhatsApp) -> Settings.WhatsApp {
        Settings.WhatsApp(
            base: base(account.baseURL, "whatsapp.baseUrl", default: "https://graph.facebook.com"),
            apiVersion: text(account.apiVersion, "whatsapp.apiVersion"),
            phoneNumberID: text(account.phoneNumberID, "whatsapp.phoneNumberId"),
            tokenFile: path(account.tokenFile, "whatsapp.tokenFile"), rootsFile: roots(account.rootsFile, "whatsapp.rootsFile"))
    }

    mutating func webhooks(_ webhooks: Config.Webhooks) -> Settings.Webhooks {
        if webhooks.receivers.isEmpty { note("webhooks.receivers", "It needs at least one receiver, or nothing could be sent.") }
        if webhooks.receivers.count > Limits.webhookReceivers {
            note("webhooks.receivers", "It has at most \(Limits.webhookReceivers) receivers.")
        }
        var seen: Set<String> = []
        let receivers = webhooks.receivers.enumerated().map { index, receiver in
            let field = "webhooks.receivers[\(index)]"
            let authority = authority(receiver.authority, "\(field).authority")
            if !authority.isEmpty, !seen.insert(authority).inserted { note("\(field).authority", "Another receiver is the same.") }
            if receiver.secretFiles.isEmpty { note("\(field).secretFiles", "It needs at least one secret: nothing is sent unsigned.") }
            return Settings.WebhookReceiver(
                authority: authority,
                secretFiles: paths(receiver.secretFiles, "\(field).secretFiles", atMost: Limits.webhookSecrets),
                isInOwnNetwork: receiver.inOwnNetwork)
        }
        return Settings.Webhooks(receivers: receivers, rootsFile: roots(webhooks.rootsFile, "webhooks.rootsFile"))
    }

    private mutating func authority(_ value: String, _ field: String) -> String {
        if text(value, field).isEmpty { return "" }
        if let address = try? HTTPSAddress("https://\(value)/"), address.description == "https://\(address.authority)/" {
            return address.authority
        }
        note(field, "\"\(value)\" is no host, nor one with a port, such as hooks.example.com or hooks.example.com:8443.")
        return ""
    }

    private mutating func base(_ value: String, _ field: String, default fallback: String) -> String {
        if value.isEmpty { return fallback }
        if (try? HTTPSAddress("\(value)/")) == nil || value.hasSuffix("/") {
            note(field, "It is an address without a slash at its end, such as \(fallback).")
        }
        return value
    }

    private mutating func roots(_ value: String, _ field: String) -> String {
        optionalPath(value, field) ?? "/etc/ssl/certs/ca-certificates.crt"
    }
}
