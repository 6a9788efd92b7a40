/// Every bound of this module, in one place, with its reason.
enum Limits {
    /// A token longer than this is not looked at. Ours have at most ``tokenBytesWeMake``; other issuers add claims, hardly ever 8 KiB.
    static let tokenBytes = 8_192

    /// HPACK-decoding a token costs with its length, on every call: ours stay under this.
    static let tokenBytesWeMake = 400

    /// `{"cnf": {"x5t#S256": …}}` has depth two; nothing that we read is deeper, and the reader recurses.
    static let tokenDepth = 8

    /// A token that lives longer than this is refused however well it is signed: its loss would cost too much.
    static let tokenLifetimeSeconds: Int64 = 15 * 60

    /// Clocks of two machines may differ by this much: NTP keeps them within a hundredth of it.
    static let clockSkewSeconds: Int64 = 30

    /// Who acts for whom, in a token: a user, an assistant, its workers. Longer chains are somebody's loop.
    static let tokenActors = 4

    /// Tokens that one loop remembers as verified. About 1 KiB each. More in use at once cost a signature now and then.
    static let verifiedTokensPerLoop = 4_096

    /// `kid`, an opaque name in a table of keys.
    static let keyIDBytes = 64

    /// `jti`: it is a row's key once it is revoked. UUIDs have 36, other issuers' random ones some 60.
    static let longestTokenIDBytes = 128

    /// `sub`: it goes into audit rows and log lines.
    static let subjectBytes = 128

    /// Services that a token may pass through one after the other: an assistant, its workers, and what those ask. Longer is a loop.
    static let delegationDepth = 3

    /// The name of a token (`jti`): nobody guesses 64 bits, and every call carries them.
    static let newTokenIDBytes = 8

    /// The name of a signing key (`kid`): there are some dozen, and every call carries one.
    static let signingKeyIDBytes = 4

    /// How long a new key is known before it signs: processes look for new keys every few seconds, if they are not told.
    static let signingKeyAnnouncementSeconds: Int64 = 10

    /// How long a key verifies after its follower began to sign: until its last token has ended, by the slowest clock.
    static let signingKeyAfterlifeSeconds: Int64 = tokenLifetimeSeconds + 2 * clockSkewSeconds + signingKeyAnnouncementSeconds

    /// Grants that one purge removes, so that it is short.
    static let grantsPerPurge: Int64 = 5_000

    /// Who had no token for so long is nobody's principal any more: two quarters, so that who looks at the last one finds him.
    static let principalSeconds: Int64 = 180 * 24 * 3_600

    /// Rows of revoked tokens, principals or subjects' epochs that are removed at once: a transaction of some ten milliseconds.
    static let identityRowsPerPurge: Int64 = 5_000

    /// An epoch ends grants of before it, which live longest: a day more than those.
    static let subjectEpochSeconds = grantLifetimeSeconds + revokedSubjectSeconds + 24 * 3_600

    /// A grant is leave for one job, not for ever.
    static let grantLifetimeSeconds: Int64 = 90 * 24 * 3_600
    static let grantLifetimeDefaultSeconds: Int64 = 24 * 3_600

    /// How often the grants under which something runs are looked up: half of what a revocation may take.
    static let grantPoll = Duration.seconds(2)

    /// What the statements about tokens may take.
    static let tokenStatement = Duration.seconds(5)

    /// How often what was revoked is read without being told of it: within this, and a second, a process knows when notifications are lost.
    static let trustPoll = Duration.seconds(2)

    /// A subject's epoch is worth remembering for as long as a token that was issued before it may live, by the slowest clock.
    static let revokedSubjectSeconds = tokenLifetimeSeconds + 2 * clockSkewSeconds

    /// How often what refused tokens that have ended by now is thrown out of memory.
    static let trustForgets = Duration.seconds(60)

    /// Reading what was revoked may take this long, so that a hanging database is noticed.
    static let trustRead = Duration.seconds(2)

    /// How often the file of a key set is read for a key that nobody knows: whoever sends such tokens decides nothing more than this.
    static let keySetPause = Duration.seconds(60)

    /// A key set: some ten keys of less than 1 KiB, with their certificates.
    static let keySetBytes = 1 << 20
    static let keySetKeys = 100

    /// How often the tokens of open streams are looked at again: an ended one is noticed within this.
    static let streamCheck = Duration.milliseconds(500)

    /// `tid` and the service name of a certificate: one DNS label, since they become parts of names.
    static let labelBytes = 63

    /// An `idempotency-key`: 8 characters make an accident unlikely, 64 hold a UUID and a prefix.
    static let idempotencyKeyCharacters = 8...64

    /// When to come again to a call that is under way: most last for milliseconds.
    static let idempotencyRetry = Duration.milliseconds(200)

    /// When to come again where something behind this server is away: breakers and restarts take seconds.
    static let unavailableRetry = Duration.seconds(1)

    /// What a method's name and its request take in most calls: more has to be copied while it grows.
    static let fingerprintedBytes = 512

    /// Kept replies that are removed at once: a transaction of some ten milliseconds.
    static let idempotencyPurge = 5_000

    /// Log lines that wait for their reader; more are dropped, since a log must not be what ends a server.
    static let logBytesWaiting = 1 << 20

    /// How long lines wait for more before they are written: to wake a thread for each costs more than the rest of a short call, and nobody
    /// who reads a log notices.
    static let logGathering = Duration.milliseconds(50)

    /// Events that are read at once: a page takes milliseconds, and a transaction of that length holds nobody up.
    static let outboxPage = 500

    /// Events are kept for this long after they were read by all who must: for those who look for what went wrong yesterday.
    static let outboxRetentionSeconds: Int64 = 24 * 3_600

    /// Events that are removed at once, for the same reason as above.
    static let outboxPurge = 5_000

    /// Why an attempt failed, as the database keeps it: enough for a sentence with what it quotes.
    static let jobErrorCharacters = 2_000

    /// The longest pause that somebody else's RetryInfo may demand: who says more means never, and that is the retries' business.
    static let jobRetryAfter = Duration.seconds(24 * 3_600)

    /// The longest that a handler may put its job off at once.
    static let jobSnooze = Duration.seconds(366 * 24 * 3_600)

    /// Jobs that one claim takes, and that one statement ends: milliseconds of a backend, a megabyte of small payloads.
    static let jobsPerClaim = 500
    static let jobsPerFinish = 500
    /// Times a claim is made again at once since another one was first to begin a sequence. Whoever is never first pauses instead.
    static let jobClaimCollisions = 8

    /// How long a queue that is behind waits for more room than a little, so that its claims are worth their round trip.
    static let jobGathering = Duration.milliseconds(2)

    /// How long a worker that is not heard of keeps its jobs. Longer than a pause of the machine, shorter than anybody's patience.
    static let jobLease = Duration.seconds(30)

    /// Three renewals may be lost before a lease ends.
    static let jobBeat = Duration.seconds(8)

    /// How often a queue is looked into without being told to: what was enqueued while nobody listened, and what has become due.
    static let jobPoll = Duration.seconds(1)

    /// The longest pause while the database does not take what a worker has to tell.
    static let jobStorePauses = (first: Duration.milliseconds(50), longest: Duration.seconds(5))

    /// What a job's statements may take, so that a hanging database is noticed before the lease ends.
    static let jobStatement = Duration.seconds(5)

    /// How long a handler may go on after its task was cancelled, until its job is taken from it.
    static let jobCancelGrace = Duration.seconds(5)

    /// Rows that one purge removes, so that it is short.
    static let jobsPerPurge = 1_000

    /// NOTIFY takes a lock of the whole cluster at its commit: a process sends no more of them than this allows.
    static let notifyPause = Duration.milliseconds(50)

    /// What cannot be told in this time is found by those who look for themselves.
    static let notifyPatience = Duration.seconds(5)

    /// How often a server asks what its work needs, however often it is probed.
    static let readinessInterval = Duration.seconds(2)

    /// How far in the future an arrival time may lie: longer than any server runs, and no sum of two overflows.
    static let quotaMemoryNanoseconds: UInt64 = 1 << 60

    /// Subjects whose quotas one process counts at once, of each kind: 140 bytes each. Idle ones make room. Tenants and services are as many as
    /// somebody has made; of endpoints anybody may make up names who finds the way to where webhooks arrive.
    static func meters(_ kind: QuotaSubject.Kind) -> Int {
        switch kind {
        case .principal: 1_200_000
        case .tenant, .service, .endpoint: 100_000
        }
    }

    /// Meters that subjects of one kind share who find all those places taken: so many that two tenants seldom share one, in 150 KB.
    static let overflowMeters: UInt64 = 1_024

    /// Places of their table that are looked at for each one that comes.
    static let metersSweptForOne = 4

    /// Quotas for which a process asks for more than its share at once; more of them wait for the next time.
    static let quotasPressed = 1_000

    /// When to come again to a quota whose units are other processes' yet: by then these have been asked.
    static let quotaLeaseWait = Duration.seconds(3)

    /// Attempts to be let in that may fail, from one address with one certificate: so many at once, and in each minute. Somebody who mistypes
    /// does not come so far, and who guesses comes to nothing with so few.
    static let failedAttempts: UInt64 = 20
    static let failedAttemptInterval: UInt64 = 3_000_000_000

    /// Peers whose failed attempts are counted at once. Of further ones those with the certificate of one service count together.
    static let failingPeers = 100_000

    /// Calls that wait for a turn, for each that may run of their method: more is a backlog that nobody will wait for.
    static let callsWaitingForOne = 4

    /// How often processes say that they are there, and what their callers want; spread by a fifth. What was set counts everywhere after it.
    static let quotaBeat = Duration.seconds(1)

    /// How long a process that is not heard of keeps its share: several beats may be lost.
    static let quotaLease = Duration.seconds(10)

    /// What a beat may take, so that a hanging database is noticed before the lease ends.
    static let quotaPatience = Duration.seconds(3)

    /// What is left of a want at the next beat: one that pauses for some seconds keeps what it had.
    static let quotaFading = 0.9

    /// What a process that is gone may have taken of its units: as much as is earned in this time.
    static let quotaOwed = Duration.seconds(60)

    /// How often the outbox is read by who was not woken, spread by a fifth.
    static let outboxPoll = Duration.seconds(1)

    /// What was told of a moment ago may be held up by a transaction that began before: it is looked for once more.
    static let outboxSecondLook = Duration.milliseconds(10)

    /// How often old events are looked for.
    static let outboxPurgeEvery = Duration.seconds(600)

    /// How long schedules are left alone when nothing is due before: a clock that was set is noticed within this.
    static let schedulePause = Duration.seconds(30)

    /// Missed times that one schedule makes up for at once.
    static let scheduleCatchUp = 1_000

    /// Past times of schedules are kept for this long after the last one, for those who ask what took place.
    static let slotsKeptSeconds: Int64 = 30 * 24 * 3_600

    /// Queues of one server: each has a claim of its own under way.
    static let queues = 64

    /// Receivers of webhooks in one configuration: each has files of its own.
    static let webhookReceivers = 1_000

    /// Secrets that sign one webhook: the old and the new while they change, and one to spare. As many as a signature may carry.
    static let webhookSecrets = 3

    /// A file with a secret: a chain of certificates and its key have some KiB; a ring of keys, some hundred bytes for each.
    static let secretFileBytes = 1 << 20

    /// Keys of a ring, the names of retired ones included: sixty-four years of a key each year.
    static let ringKeys = 64

    /// What is sealed for a row: tokens and keys have some KiB.
    static let sealedBytes = 1 << 20

    /// Pages of a table, of 8 KiB each, whose sealed values one transaction wraps again: some thousand, in milliseconds.
    static let rewrapPages = 32
}
