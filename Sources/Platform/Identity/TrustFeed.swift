internal import Crypto
public import Net
public import Postgres
internal import Synchronization

/// Keeps a process's ``Trust`` what the database and the key sets' files say: within a moment of a change that is told of, within some seconds
/// of one that is not. While the database is away it stays as it was.
public final class TrustFeed: Sendable {
    private let trust: Trust
    private let database: Database
    private let keySets: Mutex<[KeySetFile]>
    private let loop: EventLoop
    private let log: Log
    private let bell: Bell
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        /// Of many failures in a row the first is worth a line in the log.
        var hasReported = false
        var tasks: [Task<Void, Never>] = []
    }

    /// - Parameter loop: where it works.
    public init(_ trust: Trust, _ database: Database, keySets: [KeySetFile] = [], on loop: EventLoop, log: Log) {
        self.trust = trust
        self.database = database
        self.keySets = Mutex(keySets)
        self.loop = loop
        self.log = log
        bell = Bell(on: loop)
    }

    /// Reads all of it once: a server lets nobody in before it knows what was revoked. Then it goes on by itself.
    public func start() async throws {
        try await readDatabase()
        try await readKeySets()
        let tasks = [
            Task(executorPreference: loop) { await self.run() },
            // The one that hears is ended by its cancellation only.
            Task(executorPreference: loop) { await self.hear() },
        ]
        state.withLock { $0.tasks = tasks }
    }

    public func stop() async {
        let tasks = state.withLock { state in
            state.isStopping = true
            return state.tasks
        }
        tasks.last?.cancel()
        bell.ring()
        for task in tasks { await task.value }
    }

    /// Other files from now on, such as a reloaded configuration names; all of them are read.
    public func replace(keySets files: [KeySetFile]) {
        let gone = keySets.withLock { keySets in
            defer { keySets = files }
            return Set(keySets.map(\.issuer)).subtracting(files.map(\.issuer))
        }
        for issuer in gone { trust.replace(foreign: [:], of: issuer) }
        bell.ring()
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    /// A connection that was lost may have missed one: then it is read as well.
    private func hear() async {
        for await _ in database.notifications(on: [.identity]) { bell.ring() }
    }

    private func run() async {
        while !isStopping {
            await bell.wait(until: .now() + Limits.trustPoll * Double.random(in: 0.8...1))
            if isStopping { return }
            do {
                try await readDatabase()
                try await readKeySets()
                report(nil)
            } catch {
                report(error)
            }
        }
    }

    private func readDatabase() async throws {
        let scope = Scope(tenant: nil, caller: "platform/identity", requestID: "identity", deadline: .now() + Limits.trustRead)
        // Longer than a token lives, by as much as clocks differ.
        let life = Limits.tokenLifetimeSeconds + 2 * Limits.clockSkewSeconds
        let (refusals, keys): ([RefusalRow], [VerificationKeyRow]) = try await database.batch(scope) { batch in
            (batch.all(.identityRefusals(longestLife: life)), batch.all(.verificationKeys))
        }
        var stored: [KeyName: PublicKey] = [:]
        for row in keys where !row.isRetired {
            do throws(CryptoError) {
                stored[row.name] = try PublicKey(pem: Array(row.publicKey.utf8))
            } catch {
                log.write(.error, "signing_key_unusable", ["kid": .text(row.name.keyID), "reason": "\(error)"])
            }
        }
        trust.replace(stored: stored, retired: Set(keys.filter(\.isRetired).map(\.name)), revocations: Revocations(refusals))
    }

    /// A file that cannot be used leaves its issuer's keys as they were.
    private func readKeySets() async throws {
        let files = keySets.withLock { $0 }
        guard !files.isEmpty else { return }
        let isWanted = trust.takeWanted()
        let now = UnixTime.now()
        var failure: (any Error)?
        for file in files {
            do {
                let keys = try await BlockingPool.shared.run { try file.keys(isWanted: isWanted, now: now) }
                if let keys { trust.replace(foreign: keys, of: file.issuer) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func report(_ error: (any Error)?) {
        let isNews = state.withLock { state in
            defer { state.hasReported = error != nil }
            return state.hasReported != (error != nil)
        }
        guard isNews else { return }
        if let error {
            log.write(
                .warning, "identity_not_read", ["error": "\(error)", "next": "what was known of it stays true, and it is tried again"])
        } else {
            log.write(.info, "identity_read")
        }
    }
}

/// The rows of tokens that have ended.
public enum RevokedTokens {
    /// Removes those of tokens that ended more than an hour ago. Gives how many.
    public static func purge(_ database: Database) async throws(PostgresError) -> Int {
        var sum = 0
        while true {
            let count: Int = try await database.batch(Scope(tenant: nil, caller: "platform/purge", requestID: "purge")) {
                $0.one(.purgeRevokedTokens(limit: Limits.revokedTokenPurge))
            }
            sum += count
            guard count == Limits.revokedTokenPurge, !Task.isCancelled else { return sum }
        }
    }
}
