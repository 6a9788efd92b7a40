/// Who sends to whom, and how much.
struct SMTPEnvelope: Sendable, Hashable {
    var sender: MailAddress
    var recipient: MailAddress
    /// Of the mail before dots are doubled.
    var contentBytes: Int
    var needsUTF8: Bool

    var recipientCommand: String { "RCPT TO:<\(recipient)>\r\n" }
}

/// A mail's lines as DATA carries them: a dot at the beginning of a line comes twice (RFC 5321 section 4.5.2).
enum DotStuffing {
    /// - Parameter content: lines that end with CRLF, all of them.
    static func stuff(_ content: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(content.count + 16)
        var isLineStart = true
        for byte in content {
            if isLineStart, byte == UInt8(ascii: ".") { output.append(byte) }
            output.append(byte)
            isLineStart = byte == 0x0A
        }
        return output
    }
}
