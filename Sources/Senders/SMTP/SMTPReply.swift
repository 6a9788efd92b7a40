/// A server's reply (RFC 5321 section 4.2): a code and the text of its lines.
struct SMTPReply: Sendable, Hashable {
    var code: Int
    var lines: [String]

    enum Kind: Sendable, Hashable {
        /// 2yz
        case done
        /// 3yz
        case goOn
        /// 4yz
        case failed
        /// 5yz
        case refused
    }

    var kind: Kind {
        switch code / 100 {
        case 2: .done
        case 3: .goOn
        case 4: .failed
        default: .refused
        }
    }

    /// The code and the first line, as they may stand in a log.
    var summary: String { PrintableText.of("\(code) \(lines.first ?? "")") }
}

/// Bytes from a server, put together to replies. Strict: what is no reply is an error, since who guesses can be told anything.
struct SMTPReplyReader: Sendable {
    private var unread: [UInt8] = []
    private var code: Int?
    private var lines: [String] = []

    /// Whether something has come that belongs to no reply yet.
    var isEmpty: Bool { unread.isEmpty && lines.isEmpty }

    mutating func append(_ bytes: [UInt8]) {
        unread += bytes
    }

    /// The next whole reply; nil when there is none yet.
    mutating func next() throws(SenderError) -> SMTPReply? {
        while let line = try nextLine() {
            let (lineCode, isLast, text) = try Self.parse(line)
            guard code == nil || code == lineCode else { throw .peer("The lines of one reply of the mail server have different codes.") }
            lines.append(text)
            if isLast {
                let reply = SMTPReply(code: lineCode, lines: lines)
                code = nil
                lines = []
                return reply
            }
            code = lineCode
            guard lines.count < Limits.replyLines else {
                throw .peer("A reply of the mail server has more than \(Limits.replyLines) lines.")
            }
        }
        return nil
    }

    private mutating func nextLine() throws(SenderError) -> [UInt8]? {
        guard let end = unread.firstIndex(of: 0x0A) else {
            guard unread.count < Limits.replyLineBytes else { throw Self.tooLong }
            return nil
        }
        guard end < Limits.replyLineBytes else { throw Self.tooLong }
        guard end > 0, unread[end - 1] == 0x0D else { throw .peer("A line of the mail server ends without CR.") }
        let line = Array(unread[..<(end - 1)])
        unread.removeSubrange(...end)
        return line
    }

    private static var tooLong: SenderError { .peer("A line of the mail server has more than \(Limits.replyLineBytes) bytes.") }

    /// `250-text`, `250 text` and `250`.
    private static func parse(_ line: [UInt8]) throws(SenderError) -> (code: Int, isLast: Bool, text: String) {
        let digits = line.prefix(3).map { Int($0) - 0x30 }
        guard digits.count == 3, (2...5).contains(digits[0]), (0...9).contains(digits[1]), (0...9).contains(digits[2]) else {
            throw .peer(
                "What the mail server says is no reply of SMTP: \"\(PrintableText.of(String(decoding: line, as: UTF8.self), bytes: 60))\"")
        }
        let separator = line.count > 3 ? line[3] : 0x20
        guard separator == 0x20 || separator == UInt8(ascii: "-") else {
            throw .peer("A code of the mail server is followed by neither space nor hyphen.")
        }
        let code = digits[0] * 100 + digits[1] * 10 + digits[2]
        return (code, separator == 0x20, String(decoding: line.dropFirst(4), as: UTF8.self))
    }
}
