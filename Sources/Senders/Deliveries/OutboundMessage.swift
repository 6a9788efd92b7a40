/// A message that leaves the house, by its channel.
public enum OutboundMessage: Sendable, Hashable {
    case email(Email)
    case textMessage(TextMessage)
    case whatsApp(WhatsAppMessage)
    case webhook(WebhookEvent)

    /// As the table has it.
    public enum Channel: String, Sendable, CaseIterable {
        case email, sms, whatsapp, webhook
    }

    public var channel: Channel {
        switch self {
        case .email: .email
        case .textMessage: .sms
        case .whatsApp: .whatsapp
        case .webhook: .webhook
        }
    }

    var recipient: String {
        switch self {
        case .email(let email): email.to.address.description
        case .textMessage(let message): message.to.description
        case .whatsApp(let message): message.to.description
        case .webhook(let event): event.address.description
        }
    }

    /// All but the recipient: names and values by turns, in the order in which they are read again.
    var fields: [String] {
        switch self {
        case .email(let email):
            var fields = ["to.name", email.to.name, "from", email.from.address.description, "from.name", email.from.name]
            if let replyTo = email.replyTo { fields += ["reply_to", replyTo.address.description, "reply_to.name", replyTo.name] }
            fields += ["subject", email.subject, "text", email.text]
            if let html = email.html { fields += ["html", html] }
            return fields + email.fields.flatMap { ["field.\($0.name)", $0.value] }
        case .textMessage(let message): return ["text", message.text]
        case .whatsApp(let message):
            switch message.content {
            case .text(let text): return ["text", text]
            case .template(let name, let language, let parameters):
                return ["template", name, "language", language] + parameters.flatMap { ["parameter", $0] }
            }
        case .webhook(let event): return ["type", event.type, "body", String(decoding: event.body, as: UTF8.self)]
        }
    }

    /// Reads what the table keeps. All rules are checked again: a row is no more to be trusted than a caller.
    init(channel: String, recipient: String, fields: [String]) throws(SenderError) {
        let read = StoredFields(fields)
        switch Channel(rawValue: channel) {
        case .email:
            var replyTo: Mailbox?
            if let address = read["reply_to"] { replyTo = try Mailbox(name: read["reply_to.name"] ?? "", MailAddress(address)) }
            var own: [HeaderField] = []
            for (name, value) in read.pairs where name.hasPrefix("field.") { own.append(try HeaderField(String(name.dropFirst(6)), value)) }
            self = .email(
                try Email(
                    from: Mailbox(name: read["from.name"] ?? "", MailAddress(read["from"] ?? "")),
                    to: Mailbox(name: read["to.name"] ?? "", MailAddress(recipient)), replyTo: replyTo, subject: read["subject"] ?? "",
                    text: read["text"] ?? "", html: read["html"], fields: own))
        case .sms:
            self = .textMessage(try TextMessage(to: PhoneNumber(recipient), text: read["text"] ?? ""))
        case .whatsapp:
            let to = try PhoneNumber(recipient)
            guard let name = read["template"] else {
                self = .whatsApp(try WhatsAppMessage(to: to, .text(read["text"] ?? "")))
                return
            }
            let parameters = read.pairs.filter { $0.name == "parameter" }.map(\.value)
            self = .whatsApp(try WhatsAppMessage(to: to, .template(name: name, language: read["language"] ?? "", parameters: parameters)))
        case .webhook:
            self = .webhook(try WebhookEvent(to: HTTPSAddress(recipient), type: read["type"] ?? "", body: Array((read["body"] ?? "").utf8)))
        case nil:
            throw .message("The channel \(PrintableText.of(channel)) is not one that this version knows.")
        }
    }
}

private struct StoredFields {
    let pairs: [(name: String, value: String)]

    init(_ fields: [String]) {
        pairs = stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) }
    }

    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }
}
