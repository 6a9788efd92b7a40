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
    private let report: @Sendable (OneTimePasswordRefusal) -> Void
    private let outgoing = OutgoingMails()

    /// What the template of its mail has to have places for.
    public static let places: Set<String> = ["code", "minutes"]

    /// How long a code is good.
    public static let lifetimeSeconds = Limits.oneTimePasswordMinutes * 60

    /// - Parameters:
    ///   - key: 32 bytes, the same on all servers, used for nothing else.
    ///   - template: the name of a mail's template in `templates`, with ``places``.
    ///   - report: called when a mail is not taken of which nobody hears otherwise.
    public init(
        _ database: Database, key: [UInt8], sender: any Sender<Email>, from: Mailbox, templates: Templates, template: String,
        clock: WallClock = .system, ids: UUIDv7Generator = .system, report: @escaping @Sendable (OneTimePasswordRefusal) -> Void = { _ in }
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
        self.report = report
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
        let (code, now) = (newCode(), clock.unixMicroseconds())
        let mail = try mail(code, to: address, language)
        let password = password(purpose, subject, code, now, scope)
        try await store(password, now, scope)
        if let refusal = try await send(mail, password, scope) { throw SenderError.oneTimePassword(refusal) }
    }

    /// The same for an address that somebody has just given, who is not to learn whether it is known: he is told the same after the same work,
    /// and its mail goes out behind his back, or does not. An address that is not known gets a code, too, which nobody hears of, so that guesses
    /// are judged alike.
    ///
    /// - Parameter isKnown: asks the database, in the same round trip. What it finds must say that `address` is where the subject reads mail.
    /// - Throws: `SenderError.oneTimePassword` when too many were asked for; a `PostgresError`.
    public func request(
        _ purpose: String, subject: String, to address: Mailbox, language: String = "en", _ scope: Scope,
        isKnown: @escaping (inout Batch) -> Pending<Bool>
    ) async throws {
        let (code, now) = (newCode(), clock.unixMicroseconds())
        let mail = try mail(code, to: address, language)
        let password = password(purpose, subject, code, now, scope)
        guard try await store(password, now, scope, isKnown) else { return }
        // Who asks is not waited for by the mail, nor the mail by him.
        var own = scope
        own.deadline = nil
        outgoing.add { [own] in
            do {
                if let refusal = try await send(mail, password, own) { report(refusal) }
            } catch {
                report(.notSent(reason: "the database does not take back what was not sent"))
            }
        } otherwise: {
            report(.notSent(reason: "too many codes are on their way already"))
        }
    }

    /// Returns when the mails that are on their way have their end.
    public func settle() async { await outgoing.settle() }

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

    private func newCode() -> String {
        var random = SecureRandom()
        return OneTimePasswordRules.code(&random)
    }

    private func mail(_ code: String, to address: Mailbox, _ language: String) throws(SenderError) -> Email {
        let values = ["code": code, "minutes": "\(Limits.oneTimePasswordMinutes)"]
        let text = try templates.mail(template, language: language, values)
        return try Email(from: from, to: address, subject: text.subject, text: text.text, html: text.html)
    }

    /// Why it was not sent; nil when it was, or may have been.
    private func send(_ mail: Email, _ password: NewOneTimePassword, _ scope: Scope) async throws(PostgresError) -> OneTimePasswordRefusal?
    {
        switch await sender.send(mail, id: ids.next()) {
        // It may arrive.
        case .accepted, .unknown: return nil
        case .refused(let reason), .failed(let reason, _), .deferred(let reason, _):
            // One that nobody has got is not left for guessing.
            let ended = Timestamptz(unixMicroseconds: clock.unixMicroseconds())
            try await database.batch(scope) { $0.enqueue(.endOneTimePassword(password, at: ended)) }
            return .notSent(reason: reason)
        }
    }

    private func password(_ purpose: String, _ subject: String, _ code: String, _ now: Int64, _ scope: Scope) -> NewOneTimePassword {
        let tenant = scope.tenant ?? ""
        let salt = SecureRandom.bytes(16)
        return NewOneTimePassword(
            purpose: purpose, subjectHash: hash(subject: subject, tenant), salt: salt,
            codeHash: hash(code: code, purpose, subject, tenant, salt: salt), requestedAt: Timestamptz(unixMicroseconds: now),
            expiresAt: Timestamptz(unixMicroseconds: now + Limits.oneTimePasswordMinutes * 60_000_000),
            windowStart: Timestamptz(unixMicroseconds: now - Limits.oneTimePasswordWindowMicroseconds))
    }

    /// Gives what `isKnown` found; without it, true.
    @discardableResult
    private func store(
        _ password: NewOneTimePassword, _ now: Int64, _ scope: Scope, _ isKnown: ((inout Batch) -> Pending<Bool>)? = nil
    ) async throws -> Bool {
        let (stored, oldest, known): (Int, Timestamptz?, Bool) = try await database.batch(scope) { batch in
            (
                batch.execute(.storeOneTimePassword(password, atMost: Limits.oneTimePasswordRequests)),
                batch.one(.oldestOneTimePasswordRequest(password)), isKnown?(&batch) ?? batch.one("SELECT true")
            )
        }
        guard stored == 1 else {
            let free = (oldest?.unixMicroseconds ?? now) + Limits.oneTimePasswordWindowMicroseconds
            throw SenderError.oneTimePassword(.tooMany(retryAfterSeconds: max(1, (free - now + 999_999) / 1_000_000)))
        }
        return known
    }

    private func hash(subject: String, _ tenant: String) -> [UInt8] {
        OneTimePasswordRules.hash(["subject", tenant, subject], salt: [], key: key)
    }

    private func hash(code: String, _ purpose: String, _ subject: String, _ tenant: String, salt: [UInt8]) -> [UInt8] {
        OneTimePasswordRules.hash(["code", tenant, purpose, subject, code], salt: salt, key: key)
    }
}
