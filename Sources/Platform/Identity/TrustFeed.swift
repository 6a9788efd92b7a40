internal import Crypto
public import Net
public import Postgres
internal import Synchronization

/// Keeps a process's ``Trust`` what the database and the key sets' files say: within a moment of a change that is told of, within some seconds
/// of one that is not. While the database is away it stays as it was.
///
/// All of it is read once, and again when the database may be another one, after a lost connection; otherwise what has changed since. What is
/// read is put into place beside the loops.
public final class TrustFeed: Sendable {
    private let trust: Trust
    private let database: Database
    private let proof: SigningKeyProof
    private let keySets: Mutex<[KeySetFile]>
    private let loop: EventLoop
    private let log: Log
    private let bell: Bell
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        /// What was changed by this transaction and later ones has not been read.
        var place: Int64?
        var isAllWanted = true
        /// Those of the last reading: mostly they are the same again.
        var keys: [VerificationKeyRow] = []
        var forgetsAt = MonotonicTime.now() + Limits.trustForgets
        /// Of many failures in a row the first is worth a line in the log.
        var failing: Set<Source> = []
        var tasks: [Task<Void, Never>] = []
    }

    /// Each is read whatever became of the other.
    private enum Source: String {
        case database = "identity", keySets = "key_sets"
    }

    /// - Parameters:
    ///   - proof: by which a key in the database is known to be ours.
    ///   - loop: where it works.
    public init(
        _ trust: Trust, _ database: Database, proof: SigningKeyProof, keySets: [KeySetFile] = [], on loop: EventLoop, log: Log
    ) {
        self.trust = trust
        self.database = database
        self.proof = proof
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

    /// What is listened to first is the database that was read at the start. After a lost connection it may be another one, such as a backup,
    /// whose transactions have other numbers.
    private func hear() async {
        var isFirst = true
        for await event in database.notifications(on: [.identity]) {
            if event == .mayHaveMissed, !isFirst { state.withLock { $0.isAllWanted = true } }
            isFirst = false
            bell.ring()
        }
    }

    private func run() async {
        while !isStopping {
            await bell.wait(until: .now() + Limits.trustPoll * Double.random(in: 0.8...1))
            if isStopping { return }
            await attempt(.database) { try await self.readDatabase() }
            await attempt(.keySets) { try await self.readKeySets() }
            forget()
        }
    }

    private func attempt(_ source: Source, _ read: () async throws -> Void) async {
        do {
            try await read()
            report(source, nil)
        } catch {
            report(source, error)
        }
    }

    private func readDatabase() async throws {
        let known = state.withLock { state in
            defer { state.isAllWanted = false }
            return (place: state.isAllWanted ? nil : state.place, keys: state.keys)
        }
        do {
            let reading = try await read(since: known.place)
            // A transaction's number never goes back, but in another database.
            if let place = known.place, reading.place < place {
                state.withLock { $0.isAllWanted = true }
                return try await readDatabase()
            }
            let isSame = known.place != nil && reading.refusals.isEmpty && reading.keys == known.keys
            if !isSame {
                try await BlockingPool.shared.run { self.take(reading, isAll: known.place == nil) }
            }
            state.withLock { state in
                state.place = reading.place
                state.keys = reading.keys
            }
        } catch {
            if known.place == nil { state.withLock { $0.isAllWanted = true } }
            throw error
        }
    }

    private struct Reading {
        var place: Int64
        var refusals: [RefusalRow]
        var keys: [VerificationKeyRow]
    }

    /// - Parameter place: nil reads all.
    private func read(since place: Int64?) async throws(PostgresError) -> Reading {
        let scope = Scope(tenant: nil, caller: "platform/identity", requestID: "identity", deadline: .now() + Limits.trustRead)
        let refusals: SQL =
            if let place {
                .identityRefusals(since: place, longestLife: Limits.revokedSubjectSeconds)
            } else {
                .identityRefusals(longestLife: Limits.revokedSubjectSeconds)
            }
        let (next, rows, keys): (Int64, [RefusalRow], [VerificationKeyRow]) = try await database.batch(scope) { batch in
            (batch.one(.refusalPlace), batch.all(refusals), batch.all(.verificationKeys))
        }
        return Reading(place: next, refusals: rows, keys: keys)
    }

    /// Not for a loop: there may be many.
    private func take(_ reading: Reading, isAll: Bool) {
        var stored: [KeyName: PublicKey] = [:]
        for row in reading.keys where !row.isRetired {
            guard proof.holds(row.proof, of: row.name, algorithm: row.algorithm, publicKey: row.publicKey) else {
                log.write(.error, "signing_key_unproven", ["issuer": .text(row.name.issuer), "kid": .text(row.name.keyID)])
                continue
            }
            do throws(CryptoError) {
                stored[row.name] = try PublicKey(pem: Array(row.publicKey.utf8))
            } catch {
                log.write(.error, "signing_key_unusable", ["kid": .text(row.name.keyID), "reason": "\(error)"])
            }
        }
        let retired = Set(reading.keys.filter(\.isRetired).map(\.name))
        if isAll {
            trust.replace(stored: stored, retired: retired, revocations: Revocations(reading.refusals))
        } else {
            trust.update(stored: stored, retired: retired, reading.refusals)
        }
    }

    private func forget() {
        let isDue = state.withLock { state in
            guard state.forgetsAt <= .now() else { return false }
            state.forgetsAt = .now() + Limits.trustForgets
            return true
        }
        if isDue { trust.forgetEnded(now: UnixTime.now()) }
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

    private func report(_ source: Source, _ error: (any Error)?) {
        let isNews = state.withLock { state in
            error == nil ? state.failing.remove(source) != nil : state.failing.insert(source).inserted
        }
        guard isNews else { return }
        if let error {
            log.write(
                .warning, "\(source.rawValue)_not_read",
                ["error": "\(error)", "next": "what was known of it stays true, and it is tried again"])
        } else {
            log.write(.info, "\(source.rawValue)_read")
        }
    }
}
