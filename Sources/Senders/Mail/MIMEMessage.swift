internal import Crypto

/// A mail as the bytes that follow DATA: CRLF at the end of each line, and no line that is too long.
enum MIMEMessage {
    /// - Parameters:
    ///   - id: makes the Message-ID, so that each attempt at one mail has the same.
    ///   - unixSeconds: the date.
    static func bytes(_ email: Email, id: UUIDv7, unixSeconds: Int64) -> [UInt8] {
        var header = ""
        header += HeaderText.field("Date", [MailDate.text(unixSeconds)])
        header += HeaderText.field("Message-ID", ["<\(id)@\(email.from.address.domain)>"])
        header += HeaderText.field("From", words(email.from))
        header += HeaderText.field("To", words(email.to))
        if let replyTo = email.replyTo { header += HeaderText.field("Reply-To", words(replyTo)) }
        header += HeaderText.field("Subject", HeaderText.unstructured(email.subject))
        for field in email.fields { header += "\(field.name): \(field.value)\r\n" }
        header += "MIME-Version: 1.0\r\n"
        guard let html = email.html else {
            return Array(header.utf8) + part(email.text, type: "text/plain")
        }
        // An = always stands before two hexadecimal digits or at the end of a line in either part, so that neither holds this.
        let boundary = "=_\(id)"
        header += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
        var bytes = Array(header.utf8)
        for (text, type) in [(email.text, "text/plain"), (html, "text/html")] {
            bytes += "--\(boundary)\r\n".utf8
            bytes += part(text, type: type)
        }
        bytes += "--\(boundary)--\r\n".utf8
        return bytes
    }

    private static func words(_ mailbox: Mailbox) -> [String] {
        mailbox.name.isEmpty ? ["<\(mailbox.address)>"] : HeaderText.phrase(mailbox.name) + ["<\(mailbox.address)>"]
    }

    private static func part(_ text: String, type: String) -> [UInt8] {
        Array("Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".utf8)
            + QuotedPrintable.encode(text)
    }
}
