public import Crypto
internal import Synchronization

/// Whom this process believes: keys, issuers, what services may do, what was revoked. One for all its loops.
///
/// Each loop works with a copy, and looks at one number for each call to see whether that is still the newest.
public final class Trust: Sendable {
    struct Snapshot: Sendable {
        var generation: Int
        /// Counts changes of what makes a caller of a token, after which what was made before is worth nothing.
        var terms: Int
        var keys: TrustedKeys
        var services: ServiceScopes
        var revocations: Revocations
    }

    private let newest: Mutex<Snapshot>
    private let number = Atomic<Int>(1)
    /// Somebody has asked for a key that nobody knows, since a reader of key sets looked here last.
    private let wanted = Atomic<Bool>(false)

    public init(keys: TrustedKeys, services: ServiceScopes) {
        newest = Mutex(Snapshot(generation: 1, terms: 1, keys: keys, services: services, revocations: Revocations()))
    }

    /// Grows with every change.
    var generation: Int { number.load(ordering: .acquiring) }

    var snapshot: Snapshot { newest.withLock { $0 } }

    /// The keys of an issuer that files name, with their algorithms.
    func configuredKeys(of issuer: String) -> [String: String] {
        snapshot.keys.configured.reduce(into: [:]) { keys, key in
            if key.key.issuer == issuer { keys[key.key.keyID] = key.value.jwsAlgorithm }
        }
    }

    /// What the configuration says; keys of other sources stay.
    public func configure(issuers: [TrustedIssuer], keys: [KeyName: PublicKey], services: ServiceScopes) {
        change { snapshot in
            let configured = TrustedKeys(issuers: issuers, configured: keys)
            let isSame = snapshot.keys.issuers == configured.issuers && snapshot.services == services
            if !isSame { snapshot.terms += 1 }
            let hadKeys = snapshot.keys.configured
            snapshot.keys.issuers = configured.issuers
            snapshot.keys.configured = keys
            snapshot.services = services
            return !isSame || hadKeys != keys
        }
    }

    /// What the database says.
    public func replace(stored keys: [KeyName: PublicKey], retired: Set<KeyName>, revocations: Revocations) {
        change { snapshot in
            guard snapshot.keys.stored != keys || snapshot.keys.retired != retired || snapshot.revocations != revocations else {
                return false
            }
            snapshot.keys.stored = keys
            snapshot.keys.retired = retired
            snapshot.revocations = revocations
            return true
        }
    }

    /// What the database says of its keys, and what has changed since of what is refused.
    func update(stored keys: [KeyName: PublicKey], retired: Set<KeyName>, _ changes: [RefusalRow]) {
        change { snapshot in
            var revocations = snapshot.revocations
            revocations.apply(changes)
            guard snapshot.keys.stored != keys || snapshot.keys.retired != retired || snapshot.revocations != revocations else {
                return false
            }
            snapshot.keys.stored = keys
            snapshot.keys.retired = retired
            snapshot.revocations = revocations
            return true
        }
    }

    /// What refused tokens that have all ended by now is known no longer. Nobody has to look again for that.
    func forgetEnded(now: Int64) {
        newest.withLock { $0.revocations.forgetEnded(now: now * 1_000_000, longestLife: Limits.revokedSubjectSeconds * 1_000_000) }
    }

    /// The key set of a foreign issuer, as it is now.
    public func replace(foreign keys: [String: PublicKey], of issuer: String) {
        change { snapshot in
            let had = snapshot.keys.foreign
            snapshot.keys.foreign = had.filter { $0.key.issuer != issuer }
            for (keyID, key) in keys { snapshot.keys.foreign[KeyName(issuer: issuer, keyID: keyID)] = key }
            return snapshot.keys.foreign != had
        }
    }

    /// Notes that a token names a key that is not here: perhaps it is new.
    func want() { wanted.store(true, ordering: .relaxed) }

    /// Whether somebody wanted one since this was asked last.
    func takeWanted() -> Bool { wanted.exchange(false, ordering: .relaxed) }

    private func change(_ body: (inout Snapshot) -> Bool) {
        newest.withLock { snapshot in
            guard body(&snapshot) else { return }
            snapshot.generation += 1
            number.store(snapshot.generation, ordering: .releasing)
        }
    }
}
