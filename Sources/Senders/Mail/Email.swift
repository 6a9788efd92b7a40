/// One mail to one recipient. It exists only when it can be sent: nothing in it can forge a header or break a line.
public struct Email: Sendable, Hashable {
    public let from: Mailbox
    public let to: Mailbox
    public let replyTo: Mailbox?
    public let subject: String
    /// What every reader can show.
    public let text: String
    /// The same, as HTML.
    public let html: String?
    /// Further header fields, such as `List-Unsubscribe`.
    public let fields: [HeaderField]

    public init(
        from: Mailbox, to: Mailbox, replyTo: Mailbox? = nil, subject: String, text: String, html: String? = nil, fields: [HeaderField] = []
    ) throws(SenderError) {
        guard !subject.isEmpty else { throw .message("A mail needs a subject.") }
        try HeaderText.check(subject, "the subject", characters: Limits.subjectCharacters)
        for part in [text, html ?? ""] {
            guard part.utf8.count <= Limits.mailPartBytes else {
                throw .message("The text of a mail has at most \(Limits.mailPartBytes) bytes.")
            }
            guard !part.utf8.contains(0) else { throw .message("There is a NUL character in the text of a mail. Take it out.") }
        }
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.html = html
        self.fields = fields
    }

    /// Whether a relay has to know SMTPUTF8 (RFC 6531): for addresses only, since all other text is encoded.
    var needsUTF8: Bool {
        !from.address.isASCII || !to.address.isASCII || !(replyTo?.address.isASCII ?? true)
    }
}

/// A field of a mail's header that this module does not write by itself.
public struct HeaderField: Sendable, Hashable {
    public let name: String
    public let value: String

    /// Written by this module, or by relays: a second one would make a mail say two things.
    private static let reserved: Set<String> = [
        "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "mime-version", "return-path", "received",
        "resent-from", "resent-to", "resent-date", "resent-message-id", "resent-sender", "resent-cc", "resent-bcc", "dkim-signature",
    ]

    public init(_ name: String, _ value: String) throws(SenderError) {
        // RFC 5322 section 2.2: printable ASCII but for the colon; all names in use are letters, digits and hyphens.
        let isName = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard !name.isEmpty, isName, name.utf8.count <= Limits.foldedLineBytes else {
            throw .message("\"\(PrintableText.of(name))\" is no name of a header field: use letters, digits and hyphens.")
        }
        guard !Self.reserved.contains(name.lowercased()), !name.lowercased().hasPrefix("content-") else {
            throw .message("The header field \(name) is written by the sender itself. Leave it out.")
        }
        try HeaderText.check(value, "the header field \(name)", characters: Limits.headerLineBytes - name.utf8.count - 2)
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw .message("The header field \(name) holds a character outside ASCII, which many receivers would not understand.")
        }
        self.name = name
        self.value = value
    }
}
