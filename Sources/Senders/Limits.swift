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

    // MARK: HTTP

    /// Longer addresses are cut by many servers on the way.
    static let addressTextBytes = 2_048
    /// Status line and fields of an answer: as much as most servers allow a request.
    static let replyHeadBytes = 16 * 1024
    static let replyFields = 100
    static let replyFieldBytes = 8 * 1024
    /// Of an answer's body: a provider says its name for a message, or what is wrong with it.
    static let replyBodyBytes = 64 * 1024
    /// Answers such as 100 and 103 before the one that counts.
    static let informationalReplies = 5
    /// What a receiver may ask for; more is a mistake or malice.
    static let longestRetryAfter: Duration = .seconds(24 * 60 * 60)
    /// Providers' answers have three or four levels; the reader recurses.
    static let jsonDepth = 16

    // MARK: Text messages and webhooks

    /// E.164: at most 15 digits; no country has numbers of fewer than ten with its code that are written to.
    static let phoneDigits = 10...15
    /// Ten segments of GSM's alphabet, what providers take at most.
    static let textMessageCharacters = 1_600
    static let whatsAppCharacters = 4_096
    static let templateParameters = 20
    /// What receivers of webhooks commonly take.
    static let webhookBodyBytes = 1 << 20
    /// Secrets that sign one webhook at a time: the old and the new while they change, and one to spare.
    static let webhookSecrets = 3
    /// 192 bits: shorter ones could be found by trying.
    static let webhookSecretBytes = 24...256

    // MARK: Deliveries

    /// A caller's name for a message.
    static let dedupeKeyCharacters = 200
    /// After this an attempt is taken for lost: longer than any takes, with a minute for writing down its end and for clocks that differ.
    static let attemptLeaseMicroseconds: Int64 = 16 * 60 * 1_000_000
    /// The most that one look at the table shows, and one more, which tells whether there are others behind.
    static let deliveriesPerPage = 101
    /// Rows that one purge removes, so that it is short.
    static let rowsPerPurge = 5_000

    // MARK: One-time passwords

    /// Of a million codes five may be tried: a guess is right once in 200,000 codes.
    static let oneTimePasswordTries = 5
    /// Long enough for mail, too short to be found later.
    static let oneTimePasswordMinutes: Int64 = 10
    /// Codes that a subject may ask for within the window: with their tries, 15 guesses in ten minutes.
    static let oneTimePasswordRequests = 3
    /// Mails of codes that one server has on their way while nobody waits for them: as many as a relay takes in some seconds.
    static let oneTimePasswordMails = 64
    static let oneTimePasswordWindowMicroseconds: Int64 = 10 * 60 * 1_000_000
}
