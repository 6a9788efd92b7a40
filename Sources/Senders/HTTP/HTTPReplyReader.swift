/// Bytes of a server, put together to one answer of HTTP/1.1 (RFC 9112). Strict where leniency has two readings: no folded fields, no space
/// before a colon, no two lengths.
struct HTTPReplyReader: Sendable {
    private enum State: Sendable, Hashable {
        case head
        case length(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers(lines: Int)
        /// Until the connection ends.
        case rest
        case done
    }

    private var state = State.head
    private var unread: [UInt8] = []
    /// Nil until its head has come.
    private(set) var reply: HTTPReply?
    private var informational = 0

    var isDone: Bool { state == .done }

    mutating func append(_ bytes: [UInt8]) throws(SenderError) {
        unread += bytes
        while try step() {}
    }

    /// The connection ended: that is the end of an answer without a length only.
    mutating func end() {
        if state == .rest { finish() }
    }

    /// False when more bytes are needed, or no more.
    private mutating func step() throws(SenderError) -> Bool {
        switch state {
        case .head: return try head()
        case .length(let count): return body(count, then: .done)
        case .chunkSize: return try chunkSize()
        case .chunk(let count): return body(count, then: .chunkEnd)
        case .chunkEnd:
            guard let line = try line(limit: 2) else { return false }
            guard line.isEmpty else { throw Self.malformed("a chunk does not end where it says") }
            state = .chunkSize
            return true
        case .trailers(let lines):
            guard let line = try line(limit: Limits.replyFieldBytes) else { return false }
            guard lines < Limits.replyFields else { throw Self.malformed("there are too many trailers") }
            if line.isEmpty { finish() } else { state = .trailers(lines: lines + 1) }
            return !line.isEmpty
        case .rest:
            take(unread.count)
            return false
        case .done: return false
        }
    }

    private mutating func finish() {
        state = .done
        if (reply?.body.count ?? 0) <= Limits.replyBodyBytes { reply?.isComplete = true }
    }

    // MARK: The head

    private mutating func head() throws(SenderError) -> Bool {
        var end = 0
        // Where an empty line ends it.
        while true {
            guard end + 4 <= unread.count else {
                guard unread.count <= Limits.replyHeadBytes else {
                    throw Self.malformed("its head has more than \(Limits.replyHeadBytes) bytes")
                }
                return false
            }
            if unread[end] == 0x0D, unread[end + 1] == 0x0A, unread[end + 2] == 0x0D, unread[end + 3] == 0x0A { break }
            end += 1
        }
        guard end <= Limits.replyHeadBytes else { throw Self.malformed("its head has more than \(Limits.replyHeadBytes) bytes") }
        let lines = try Self.lines(unread[..<end])
        unread.removeSubrange(..<(end + 4))
        let status = try Self.status(lines.first ?? [])
        if (100...199).contains(status) {
            informational += 1
            guard status != 101, informational <= Limits.informationalReplies else { throw Self.malformed("it says \(status)") }
            return true
        }
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() { fields.append(try Self.field(line)) }
        guard fields.count <= Limits.replyFields else { throw Self.malformed("it has more than \(Limits.replyFields) fields") }
        let reply = HTTPReply(status: status, fields: fields)
        self.reply = reply
        state = try Self.framing(reply)
        if state == .done { finish() }
        return state != .done
    }

    /// RFC 9112 section 6.3.
    private static func framing(_ reply: HTTPReply) throws(SenderError) -> State {
        if reply.status == 204 || reply.status == 304 { return .done }
        let codings = reply.fields.filter { $0.name == "transfer-encoding" }.map { $0.value.lowercased() }
        let lengths = Set(reply.fields.filter { $0.name == "content-length" }.map(\.value))
        guard codings.isEmpty || lengths.isEmpty else { throw malformed("it has both a length and a transfer coding") }
        if !codings.isEmpty {
            guard codings == ["chunked"] else { throw malformed("its transfer coding is not chunked") }
            return .chunkSize
        }
        guard let text = lengths.first else { return .rest }
        guard lengths.count == 1, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
            throw malformed("its length is no number, or it has two")
        }
        return length == 0 ? .done : .length(length)
    }

    private static func lines(_ head: ArraySlice<UInt8>) throws(SenderError) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        for line in head.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let isLast = line.endIndex == head.endIndex
            guard isLast || line.last == 0x0D else { throw malformed("a line of its head ends without CR") }
            let text = isLast ? line : line.dropLast()
            guard text.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw malformed("its head holds a control character")
            }
            lines.append(text)
        }
        return lines
    }

    private static func status(_ line: ArraySlice<UInt8>) throws(SenderError) -> Int {
        let text = String(decoding: line, as: UTF8.self)
        let digits = text.utf8.dropFirst("HTTP/1.1 ".utf8.count).prefix(3)
        let rest = text.utf8.dropFirst("HTTP/1.1 200".utf8.count)
        guard text.hasPrefix("HTTP/1.1 ") || text.hasPrefix("HTTP/1.0 "), digits.count == 3, let status = Int(String(Substring(digits))),
            digits.allSatisfy({ (0x30...0x39).contains($0) }), (100...599).contains(status), rest.isEmpty || rest.first == 0x20
        else { throw malformed("it does not begin with HTTP/1.1 and a status") }
        return status
    }

    private static func field(_ line: ArraySlice<UInt8>) throws(SenderError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { throw malformed("a field has no name") }
        let name = line[..<colon]
        let isToken = name.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
        }
        guard isToken else { throw malformed("the name of a field is no token") }
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }

    // MARK: The body

    private mutating func chunkSize() throws(SenderError) -> Bool {
        guard let line = try line(limit: Limits.replyFieldBytes) else { return false }
        // What follows a semicolon are extensions, which nobody uses.
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard (1...8).contains(digits.count), digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw Self.malformed("the size of a chunk is no number") }
        state = size == 0 ? .trailers(lines: 0) : .chunk(size)
        return true
    }

    private mutating func body(_ count: Int, then next: State) -> Bool {
        guard !unread.isEmpty else { return false }
        let taken = min(count, unread.count)
        take(taken)
        if taken < count {
            if case .length = state { state = .length(count - taken) } else { state = .chunk(count - taken) }
            return false
        }
        state = next
        if next == .done { finish() }
        return next != .done
    }

    /// Keeps what anybody here would read; the rest goes by.
    private mutating func take(_ count: Int) {
        let kept = reply?.body.count ?? 0
        let room = max(0, Limits.replyBodyBytes + 1 - kept)
        reply?.body += unread.prefix(min(count, room))
        unread.removeFirst(count)
    }

    private mutating func line(limit: Int) throws(SenderError) -> [UInt8]? {
        guard let end = unread.firstIndex(of: 0x0A) else {
            guard unread.count <= limit else { throw Self.malformed("a line of its body is too long") }
            return nil
        }
        guard end > 0, unread[end - 1] == 0x0D, end - 1 <= limit else { throw Self.malformed("a line of its body is malformed") }
        let line = Array(unread[..<(end - 1)])
        unread.removeSubrange(...end)
        return line
    }

    private static func malformed(_ what: String) -> SenderError {
        .peer("The answer is no HTTP/1.1: \(what).")
    }
}
