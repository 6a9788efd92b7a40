public import Crypto
public import Postgres

/// One-time passwords by mail: six digits, ten minutes, five guesses, one use.
///
/// The code exists in this process until its mail is handed over, and in the mail. The database has a hash of it under a key that it does not
/// know; nothing returns it, and nothing logs it. That is why its mail does not go through the table of deliveries.
public struct OneTimePasswords: Sendable {
    private let database: Database
    private let key: HMACSHA256
    private let sender: any Sender<Email>
    private let from: Mailbox
    private let templates: Templates
    private let template: String
    private let clock: WallClock
    private let ids: UUIDv7Generator

    /// What the template of its mail has to have places for.
    public static let places: Set<String> = ["code", "minutes"]

    /// - Parameters:
    ///   - key: 32 bytes, the same on all servers, used for nothing else.
    ///   - template: the name of a mail's template in `templates`, with ``places``.
    public init(
        _ database: Database, key: [UInt8], sender: any Sender<Email>, from: Mailbox, templates: Templates, template: String,
        clock: WallClock = .system, ids: UUIDv7Generator = .system
    ) throws(SenderError) {
        guard key.count >= 32 else { throw .configuration("The key of one-time passwords has at least 32 bytes.") }
        self.database = database
        self.key = HMACSHA256(key: key)
        self.sender = sender
        self.from = from
        self.templates = templates
        self.template = template
        self.clock = clock
        self.ids = ids
    }

    /// Sends a new code, which takes the place of an older one for the same purpose.
    ///
    /// - Parameters:
    ///   - purpose: what the code is good for, of this program's own words: `erase_lead`. 1 to 64 lower-case letters, digits, _ and dots.
    ///   - subject: who is to prove something: a user's id.
    ///   - address: where the subject is known to read mail; never one that the caller has just given.
    /// - Throws: `SenderError.oneTimePassword` when too many were asked for, or when the mail was not taken; a `PostgresError`.
    public func request(
        _ purpose: String, subject: String, to address: Mailbox, language: String = "en", _ scope: Scope
    ) async throws {
        var random = SecureRandom()
        let code = OneTimePasswordRules.code(&random)
        let now = clock.unixMicroseconds()
        let values = ["code": code, "minutes": "\(Limits.oneTimePasswordMinutes)"]
        let text = try templates.mail(template, language: language, values)
        let mail = try Email(from: from, to: address, subject: text.subject, text: text.text, html: text.html)
        let password = try await store(purpose, subject, code, now, scope)
        switch await sender.send(mail, id: ids.next()) {
        // It may arrive.
        case .accepted, .unknown: return
        case .refused(let reason), .failed(let reason, _), .deferred(let reason, _):
            // One that nobody has got is not left for guessing.
            let ended = Timestamptz(unixMicroseconds: clock.unixMicroseconds())
            try await database.batch(scope) { $0.enqueue(.endOneTimePassword(password, at: ended)) }
            throw SenderError.oneTimePassword(.notSent(reason: reason))
        }
    }

    /// Judges a guess. Each one counts, however many come at once: they wait for each other in the database.
    public func verify(_ purpose: String, subject: String, code: String, _ scope: Scope) async throws -> OneTimePasswordVerdict {
        let tenant = scope.tenant ?? ""
        let subjectHash = hash(subject: subject, tenant)
        return try await database.transaction(scope) { (transaction) async throws in
            let kept: KeptOneTimePassword? = try await transaction.optional(.lockOneTimePassword(purpose, subjectHash))
            guard let kept else { return .noneActive }
            let guess = hash(code: code, purpose, subject, tenant, salt: kept.salt)
            let now = clock.unixMicroseconds()
            let verdict = OneTimePasswordRules.judge(
                constantTimeEquals(guess, kept.codeHash), tries: kept.tries, expiresAt: kept.expiresAt.unixMicroseconds,
                isEnded: kept.endedAt != nil, now: now)
            transaction.enqueue(
                .countOneTimePasswordTry(purpose, subjectHash, endedAt: verdict == .verified ? Timestamptz(unixMicroseconds: now) : nil))
            return verdict
        }
    }

    private func store(_ purpose: String, _ subject: String, _ code: String, _ now: Int64, _ scope: Scope) async throws
        -> NewOneTimePassword
    {
        let tenant = scope.tenant ?? ""
        let salt = SecureRandom.bytes(16)
        let password = NewOneTimePassword(
            purpose: purpose, subjectHash: hash(subject: subject, tenant), salt: salt,
            codeHash: hash(code: code, purpose, subject, tenant, salt: salt), requestedAt: Timestamptz(unixMicroseconds: now),
            expiresAt: Timestamptz(unixMicroseconds: now + Limits.oneTimePasswordMinutes * 60_000_000),
            windowStart: Timestamptz(unixMicroseconds: now - Limits.oneTimePasswordWindowMicroseconds))
        let (stored, oldest): (Int, Timestamptz?) = try await database.batch(scope) { batch in
            (
                batch.execute(.storeOneTimePassword(password, atMost: Limits.oneTimePasswordRequests)),
                batch.one(.oldestOneTimePasswordRequest(password))
            )
        }
        guard stored == 1 else {
            let free = (oldest?.unixMicroseconds ?? now) + Limits.oneTimePasswordWindowMicroseconds
            throw SenderError.oneTimePassword(.tooMany(retryAfterSeconds: max(1, (free - now + 999_999) / 1_000_000)))
        }
        return password
    }

    private func hash(subject: String, _ tenant: String) -> [UInt8] {
        OneTimePasswordRules.hash(["subject", tenant, subject], salt: [], key: key)
    }

    private func hash(code: String, _ purpose: String, _ subject: String, _ tenant: String, salt: [UInt8]) -> [UInt8] {
        OneTimePasswordRules.hash(["code", tenant, purpose, subject, code], salt: salt, key: key)
    }
}
