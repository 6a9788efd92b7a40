/// Every number that bounds this module, and why it is what it is.
enum Limits {
    // MARK: Mail

    /// RFC 5321 section 4.5.3.1.1.
    static let localPartBytes = 64
    /// RFC 5321 section 4.5.3.1.3 allows 256 for a path, which includes its brackets.
    static let addressBytes = 254
    /// RFC 1035 section 2.3.4.
    static let domainLabelBytes = 63
    /// What people see of a subject; more is a mistake.
    static let subjectCharacters = 200
    /// Of a display name.
    static let nameCharacters = 200
    /// Text and HTML of one mail, each. Larger mails are refused by many relays, and nothing here makes them.
    static let mailPartBytes = 256 * 1024
    /// RFC 5322 section 2.1.1: a line has at most 998 characters, and should have no more than 78.
    static let headerLineBytes = 998
    static let foldedLineBytes = 78
    /// RFC 2047 section 2 allows 75 characters; with these the first one fits behind the name of its field.
    static let encodedWordBytes = 66
    /// RFC 2045 section 6.7: an encoded line has at most 76 characters.
    static let quotedLineBytes = 76

    // MARK: SMTP

    /// RFC 5321 section 4.5.3.1.5 allows 512 bytes for a reply's line; some servers write more, none twice as much.
    static let replyLineBytes = 1_024
    /// The longest replies are those to EHLO, with a line for each extension: some twenty.
    static let replyLines = 128
    /// RFC 5321 section 4.5.3.2, in its order: the greeting and MAIL, RCPT, DATA, a block of data, the final dot.
    static let greetingTime: Duration = .seconds(5 * 60)
    static let commandTime: Duration = .seconds(5 * 60)
    static let dataTime: Duration = .seconds(2 * 60)
    static let blockTime: Duration = .seconds(3 * 60)
    static let finalDotTime: Duration = .seconds(10 * 60)
    /// The verdict is known: the server's good-bye is waited for out of politeness.
    static let quitTime: Duration = .seconds(5)
    /// What one write to the socket takes; each has `blockTime`.
    static let blockBytes = 64 * 1024

    // MARK: Connections

    /// A TCP connection that takes longer is not worth waiting for: the message is sent later.
    static let connectTime: Duration = .seconds(30)
    static let handshakeTime: Duration = .seconds(30)
    /// Addresses of one name that are tried.
    static let addressesTried = 4
    /// What one attempt may take in all, whatever its steps are allowed: who claims that a message is lost can rely on it.
    static let attemptTime: Duration = .seconds(15 * 60)

    // MARK: What peers say

    /// Of a peer's text in an outcome: a line in a log and in a table.
    static let quotedTextBytes = 300

    // MARK: Destinations

    /// Failures in a row after which a destination is left alone.
    static let breakerFailures = 5
    /// How long it is left alone at first; each probe that fails doubles it.
    static let breakerFirstPause: Duration = .seconds(30)
    static let breakerLongestPause: Duration = .seconds(10 * 60)
    /// Attempts in flight to one destination: what a small receiver can take.
    static let attemptsPerDestination = 8
    /// When a destination is full it is worth a look again after this.
    static let fullDestinationPause: Duration = .seconds(1)
    /// Destinations that are remembered because something is in flight or has failed.
    static let destinations = 10_000
    /// A destination that was left in peace for this long is forgotten when room is needed.
    static let destinationMemory: Duration = .seconds(60 * 60)
}
