internal import Platform
internal import Postgres
internal import Senders

extension OneTimePasswords {
    /// Codes by this server's mail; nil where its configuration says of no mail whom it comes from.
    static func configured(
        _ settings: Settings, _ secret: ServerSecret, _ database: Database, _ senders: OutboundSenders, log: Log
    ) throws -> OneTimePasswords? {
        guard let from = settings.mail?.from, let sender = senders.email else { return nil }
        var templates = Templates()
        try templates.add(
            mail: "code", language: "en", places: places, subject: "Your code",
            text: """
                Your code is {{code}}. It is good for {{minutes}} minutes, and once.

                If you have not asked for it, somebody else has: do nothing, and tell it to nobody.
                """)
        return try OneTimePasswords(
            database, key: secret.key(for: "one-time passwords 1"), sender: sender, from: from, templates: templates, template: "code",
            report: { _ in log.write(.warning, "one_time_password_not_sent") })
    }
}
