/// What a server said it can do, in its reply to EHLO (RFC 5321 section 4.1.1.1).
struct SMTPExtensions: Sendable, Hashable {
    var hasStartTLS = false
    var hasPipelining = false
    var hasUTF8 = false
    var hasEightBit = false
    /// The largest message; nil when the server knows no limit or does not say.
    var messageBytes: Int?
    var isSizeKnown = false
    var authentication: Set<String> = []

    init() {}

    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            let words = line.split(separator: " ").map { $0.uppercased() }
            switch words.first {
            case "STARTTLS": hasStartTLS = true
            case "PIPELINING": hasPipelining = true
            case "SMTPUTF8": hasUTF8 = true
            case "8BITMIME": hasEightBit = true
            case "SIZE":
                isSizeKnown = true
                // RFC 1870 section 4: zero is no limit.
                if words.count > 1, let bytes = Int(words[1]), bytes > 0 { messageBytes = bytes }
            case "AUTH": authentication.formUnion(words.dropFirst())
            default: break
            }
        }
    }
}
