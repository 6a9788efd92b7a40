internal import Crypto

/// One conversation with a mail server that hands over one mail: replies in, commands out (RFC 5321, 3207, 4954, 2920, 6531). No I/O.
///
/// Until the final dot a mail that gets no answer was not taken; from then on nobody knows.
struct SMTPSession: Sendable {
    enum Action: Sendable, Hashable {
        /// Write this, then wait so long for a reply.
        case send(String, wait: Duration)
        case wait(Duration)
        /// Begin TLS now; what the server has said beyond its last reply was said by somebody else.
        case startTLS
        /// Write the mail, dots doubled, then call `contentSent`.
        case sendContent
        /// The verdict; then say QUIT, unless the connection is of no use any more.
        case end(Outcome, saysQuit: Bool)
    }

    private enum Phase: Sendable, Hashable {
        case greeting
        case hello
        case startTLS
        case authentication(replies: [String])
        case sender
        case recipient
        case data
        case content
        case finalDot
        /// A pipelined DATA was granted though nobody is to get it: it is ended with nothing in it.
        case emptyContent
        case ended
    }

    private let clientName: String
    private let credentials: SMTPRelay.Credentials?
    private let demandsStartTLS: Bool
    private let envelope: SMTPEnvelope
    private var phase = Phase.greeting
    private var isSecure: Bool
    private var extensions = SMTPExtensions()
    /// MAIL, RCPT and DATA were sent at once: the next command has gone out already.
    private var isPipelined = false
    private var verdict: Outcome?

    init(_ relay: SMTPRelay, _ envelope: SMTPEnvelope) {
        clientName = relay.clientName
        credentials = relay.credentials
        demandsStartTLS = relay.demandsStartTLS
        self.envelope = envelope
        if case .implicitTLS = relay.security { isSecure = true } else { isSecure = false }
    }

    /// The connection stands.
    func begin() -> Action { .wait(Limits.greetingTime) }

    /// TLS stands: all that was said before counts for nothing (RFC 3207 section 4.2).
    mutating func secured() -> Action {
        isSecure = true
        extensions = SMTPExtensions()
        return hello()
    }

    /// All of the mail has been written, all but its last dot.
    mutating func contentSent() -> Action {
        phase = .finalDot
        return .send(".\r\n", wait: Limits.finalDotTime)
    }

    /// The connection broke, ended, or was silent for too long.
    mutating func broken(_ reason: String) -> Outcome {
        if let verdict { return verdict }
        return phase == .finalDot ? .unknown(reason: reason) : .failed(reason: reason, retryAfter: nil)
    }

    mutating func receive(_ reply: SMTPReply) -> Action {
        // The server is about to close, whatever was asked (RFC 5321 section 3.8).
        if reply.code == 421 {
            return end(.failed(reason: "the mail server ends the connection: \(reply.summary)", retryAfter: nil), saysQuit: false)
        }
        switch phase {
        case .greeting:
            guard reply.code == 220 else { return unusable("the mail server does not serve us", reply) }
            return hello()
        case .hello:
            guard reply.code == 250 else { return unusable("the mail server does not take EHLO", reply) }
            extensions = SMTPExtensions(reply)
            return helloAnswered()
        case .startTLS:
            guard reply.code == 220 else { return unusable("the mail server does not begin TLS", reply) }
            return .startTLS
        case .authentication(let answers):
            return authenticationAnswered(reply, answers)
        case .sender:
            if reply.kind != .done { return rejected("the mail server does not take the sender", reply, at: .recipient) }
            return isPipelined ? next(.recipient) : command(.recipient, envelope.recipientCommand, Limits.commandTime)
        case .recipient:
            if reply.kind != .done { return rejected("the mail server does not take the recipient", reply, at: .data) }
            return isPipelined ? next(.data) : command(.data, "DATA\r\n", Limits.dataTime)
        case .data:
            return dataAnswered(reply)
        case .finalDot:
            return contentAnswered(reply)
        case .emptyContent:
            return end(verdict ?? .failed(reason: reply.summary, retryAfter: nil))
        case .content, .ended:
            return end(broken("the mail server speaks out of turn: \(reply.summary)") as Outcome, saysQuit: false)
        }
    }
}

// MARK: Before the mail

extension SMTPSession {
    private mutating func hello() -> Action {
        command(.hello, "EHLO \(clientName)\r\n", Limits.commandTime)
    }

    private mutating func helloAnswered() -> Action {
        if demandsStartTLS, !isSecure {
            guard extensions.hasStartTLS else {
                return end(
                    .failed(
                        reason: "the mail server does not offer STARTTLS, without which nothing is sent: somebody may stand in between",
                        retryAfter: nil))
            }
            return command(.startTLS, "STARTTLS\r\n", Limits.commandTime)
        }
        guard let credentials else { return beginMail() }
        // Checked where the relay is configured, and here once more: a password goes through TLS or not at all.
        guard isSecure else { return end(.failed(reason: "no password is sent without TLS", retryAfter: nil)) }
        if extensions.authentication.contains("PLAIN") {
            // RFC 4616: no authorization identity, the user, the password.
            let response = Base64.encode([0] + Array(credentials.user.utf8) + [0] + Array(credentials.password.utf8), padded: true)
            return command(.authentication(replies: []), "AUTH PLAIN \(response)\r\n", Limits.commandTime)
        }
        if extensions.authentication.contains("LOGIN") {
            let answers = [credentials.user, credentials.password].map { Base64.encode(Array($0.utf8), padded: true) }
            return command(.authentication(replies: answers), "AUTH LOGIN\r\n", Limits.commandTime)
        }
        return end(.failed(reason: "the mail server offers neither AUTH PLAIN nor AUTH LOGIN", retryAfter: nil))
    }

    private mutating func authenticationAnswered(_ reply: SMTPReply, _ answers: [String]) -> Action {
        if reply.code == 334, let answer = answers.first {
            return command(.authentication(replies: Array(answers.dropFirst())), "\(answer)\r\n", Limits.commandTime)
        }
        guard reply.code == 235 else {
            // The server may quote what it was sent.
            return end(.failed(reason: "the mail server does not take our user and password: \(reply.code)", retryAfter: nil))
        }
        return beginMail()
    }

    /// The message is not at fault: it waits for a server that works.
    private mutating func unusable(_ what: String, _ reply: SMTPReply) -> Action {
        end(.failed(reason: "\(what): \(reply.summary)", retryAfter: nil))
    }
}

// MARK: The mail

extension SMTPSession {
    private mutating func beginMail() -> Action {
        if envelope.needsUTF8, !(extensions.hasUTF8 && extensions.hasEightBit) {
            return end(.refused(reason: "an address holds characters outside ASCII, and the mail server does not know SMTPUTF8"))
        }
        if let limit = extensions.messageBytes, envelope.contentBytes > limit {
            return end(.refused(reason: "the mail has \(envelope.contentBytes) bytes, and the mail server takes \(limit) at most"))
        }
        var sender = "MAIL FROM:<\(envelope.sender)>"
        if extensions.isSizeKnown { sender += " SIZE=\(envelope.contentBytes)" }
        if envelope.needsUTF8 { sender += " BODY=8BITMIME SMTPUTF8" }
        sender += "\r\n"
        isPipelined = extensions.hasPipelining
        return command(.sender, isPipelined ? sender + envelope.recipientCommand + "DATA\r\n" : sender, Limits.commandTime)
    }

    /// A command that was pipelined has its answer still to come.
    private mutating func next(_ phase: Phase) -> Action {
        self.phase = phase
        return .wait(phase == .data ? Limits.dataTime : Limits.commandTime)
    }

    /// The mail will not be taken; the answers to what was sent along are read first, so that they are not taken for others.
    private mutating func rejected(_ what: String, _ reply: SMTPReply, at next: Phase) -> Action {
        if verdict == nil { verdict = Self.outcome(what, reply) }
        if isPipelined { return self.next(next) }
        return end(verdict ?? Self.outcome(what, reply))
    }

    private mutating func dataAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code == 354 else { return end(verdict ?? Self.outcome("the mail server does not take the mail", reply)) }
        if verdict != nil { return command(.emptyContent, ".\r\n", Limits.finalDotTime) }
        phase = .content
        return .sendContent
    }

    private mutating func contentAnswered(_ reply: SMTPReply) -> Action {
        // What it says is its name for the mail, more or less: "OK id=…", "queued as …".
        if reply.kind == .done { return end(.accepted(providerID: reply.summary)) }
        return end(Self.outcome("the mail server does not take the mail", reply))
    }

    private static func outcome(_ what: String, _ reply: SMTPReply) -> Outcome {
        reply.kind == .refused
            ? .refused(reason: "\(what): \(reply.summary)") : .failed(reason: "\(what): \(reply.summary)", retryAfter: nil)
    }

    private mutating func command(_ phase: Phase, _ text: String, _ wait: Duration) -> Action {
        self.phase = phase
        return .send(text, wait: wait)
    }

    private mutating func end(_ outcome: Outcome, saysQuit: Bool = true) -> Action {
        phase = .ended
        verdict = outcome
        return .end(outcome, saysQuit: saysQuit)
    }
}
