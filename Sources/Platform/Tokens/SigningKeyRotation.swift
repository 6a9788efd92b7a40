internal import Crypto
public import Postgres

/// A new key for tokens, made but not yet written down: `batch.enqueue` does that, in the commit of whatever else says that it was done.
public struct SigningKeyRotation: Sendable {
    fileprivate let new: NewSigningKey
    fileprivate let retiresOthers: Bool
    /// Those that files name, with their algorithms.
    fileprivate let configured: [String: String]

    /// The key as others may know it.
    public var key: SigningKey { new.key }
}

extension TokenIssuer {
    /// - Parameter retiringOthers: all others are refused within seconds, and the new one signs at once: for a key that was lost. Otherwise
    ///   the one before signs until every server has heard of the new one, and verifies until its last token has ended.
    public func rotation(retiringOthers: Bool) throws -> SigningKeyRotation {
        guard hasRing else { throw TokenRefusal.notIssued }
        return SigningKeyRotation(
            new: try NewSigningKey(issuer: issuer, ring: ring, proof: proof, now: now(), signsAtOnce: retiringOthers),
            retiresOthers: retiringOthers, configured: configuredKeys())
    }

    /// Lets all servers believe keys that a server of another secret, or of an earlier version, has made: their private halves were sealed by
    /// this server's key ring, which nobody can do who has not got it. Called at a server's start.
    func proveKeys() async throws {
        let keys: [KeptSigningKey] = try await database.batch(platformScope) { $0.all(.activeSigningKeys(of: issuer)) }
        for key in keys {
            let name = KeyName(issuer: issuer, keyID: key.id)
            if proof.holds(key.proof, of: name, algorithm: key.algorithm, publicKey: key.publicPEM) { continue }
            guard let pem = try? ring.open(key.sealed, at: .signingKey(key.id)), let own = try? Ed25519PrivateKey(pem: pem),
                try own.publicKey.pem() == key.publicPEM
            else { continue }
            let proof = proof.proof(of: name, algorithm: key.algorithm, publicKey: key.publicPEM)
            try await database.batch(platformScope) {
                $0.enqueue(.proveSigningKey(key.id, of: issuer, publicKey: key.publicPEM, proof: proof))
            }
        }
    }

    /// Takes their private half from keys that have a follower, and retires those whose last token has ended. Called now and then.
    public func ageKeys() async throws(PostgresError) {
        try await database.batch(platformScope) { batch in
            batch.enqueue(.holdSigningKeys(of: issuer))
            batch.enqueue(.ageSigningKeys(of: issuer))
        }
    }
}

extension Batch {
    /// Writes a new signing key down.
    public mutating func enqueue(_ rotation: SigningKeyRotation) {
        enqueue(.holdSigningKeys(of: rotation.new.issuer))
        enqueue(.insertSigningKey(rotation.new))
        guard rotation.retiresOthers else { return }
        enqueue(.retireSigningKeys(of: rotation.new.issuer, butFor: rotation.new.key.id))
        for (id, algorithm) in rotation.configured.sorted(by: { $0.key < $1.key }) {
            enqueue(.retireConfiguredKey(id, of: rotation.new.issuer, algorithm: algorithm))
        }
    }
}
