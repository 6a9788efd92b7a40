internal import Crypto
internal import Net
public import Postgres
internal import RPC
internal import Synchronization

/// Makes this platform's tokens, with the key that all its servers share: it lies in the database, sealed.
///
/// A server without a key ring cannot open it, and issues no tokens; it verifies them all the same.
public final class TokenIssuer: Sendable {
    /// The `iss` of its tokens.
    public let issuer: String
    let database: Database
    let ring: KeyRing
    let proof: SigningKeyProof
    let now: @Sendable () -> Int64
    /// Its keys that files name, and their algorithms (RFC 7518): they may be in no row.
    let configuredKeys: @Sendable () -> [String: String]
    /// The key that was opened last, by its name: opening it again for each token would cost more than the signature.
    private let opened = Mutex<(id: String, signer: TokenSigner)?>(nil)

    /// - Parameters:
    ///   - proof: by which all servers know the keys that it makes.
    ///   - issuer: as the servers' configurations have it.
    ///   - trust: what knows which keys the configuration names; nil: it names none.
    ///   - now: seconds since 1970.
    public init(
        database: Database, ring: KeyRing, proof: SigningKeyProof, issuer: String, trust: Trust? = nil,
        now: @escaping @Sendable () -> Int64 = UnixTime.now
    ) {
        configuredKeys = { trust?.configuredKeys(of: issuer) ?? [:] }
        self.database = database
        self.ring = ring
        self.proof = proof
        self.issuer = issuer
        self.now = now
    }

    /// Seconds since 1970, as its tokens have it.
    public var currentTime: Int64 { now() }

    /// When a token ends that is issued now and is to live so long; nil: as long as a token may.
    public func expiry(lifetimeSeconds: Int64?) -> Int64 {
        now() + min(max(1, lifetimeSeconds ?? .max), Limits.tokenLifetimeSeconds)
    }

    /// Whether it can sign.
    public var hasRing: Bool { ring.primaryID != nil }

    /// Sees to it that there is a key to sign with. Called before a server serves: so its first token is verified everywhere.
    public func prepare() async throws {
        guard hasRing else { return }
        try await proveKeys()
        let scope = platformScope
        guard try await database.batch(scope, { $0.optional(.signingKey(of: issuer), as: SealedSigningKey.self) }) == nil else { return }
        let key = try NewSigningKey(issuer: issuer, ring: ring, proof: proof, now: now(), signsAtOnce: true)
        // Of many servers that start at once, one writes.
        try await database.batch(scope) { batch in
            batch.enqueue(.holdSigningKeys(of: issuer))
            batch.enqueue(.insertFirstSigningKey(key))
        }
    }

    /// Signs a token for one client certificate, and notes that there is one. One round trip.
    ///
    /// - Parameters:
    ///   - certificateDigest: SHA-256 of the only certificate that it works with.
    ///   - scope: whose statements they are; the tenant is the token's.
    public func issue(_ delegation: Delegation, boundTo certificateDigest: [UInt8], _ scope: Scope) async throws -> IssuedToken {
        guard hasRing else { throw TokenRefusal.notIssued }
        var scope = scope
        scope.tenant = delegation.tenant
        let (refusal, key) = try await database.batch(scope) { batch in
            batch.enqueue(.notePrincipal(delegation))
            return (
                batch.one(.delegationRefusal(delegation), as: DelegationRefusal.self),
                batch.optional(.signingKey(of: issuer), as: SealedSigningKey.self)
            )
        }
        try refusal.check(delegation)
        guard let key else { throw TokenRefusal.notIssued }
        let signer = try signer(key)
        let (roles, scopes) = delegation.words
        let now = now()
        let claims = TokenClaims(
            issuer: issuer, subject: delegation.subject, actors: delegation.actors, tenant: delegation.tenant, roles: roles, scopes: scopes,
            id: Base64URL.encode(SecureRandom.bytes(Limits.newTokenIDBytes)), issuedAt: now, expires: delegation.expires,
            certificateDigest: certificateDigest, grant: delegation.grant, issuedBy: delegation.issuedBy)
        return IssuedToken(text: try signer.sign(claims), claims: claims, lifetimeSeconds: max(0, delegation.expires - now))
    }

    private func signer(_ key: SealedSigningKey) throws -> TokenSigner {
        if let signer = opened.withLock({ $0?.id == key.id ? $0?.signer : nil }) { return signer }
        let pem = try ring.open(key.sealed, at: .signingKey(key.id))
        let signer = TokenSigner(key: try Ed25519PrivateKey(pem: pem), keyID: key.id)
        opened.withLock { $0 = (key.id, signer) }
        return signer
    }

    var platformScope: Scope {
        Scope(tenant: nil, caller: "tokens", requestID: "tokens", deadline: .now() + Limits.tokenStatement)
    }
}

/// A token and what it says.
public struct IssuedToken: Sendable {
    /// In compact form, without the word `Bearer`.
    public let text: String
    public let claims: TokenClaims
    public let lifetimeSeconds: Int64

    /// All that it allows.
    public var scopes: Set<String> { claims.allScopes }
}

extension Delegation {
    /// What it allows in few words, since every call carries them: the role that holds most of it, and what that role does not hold.
    var words: (roles: [String], scopes: [String]) {
        let fitting = Role.allCases.filter { !$0.scopes.isEmpty && $0.scopes.isSubset(of: scopes) }
        // A role of two scopes is hardly shorter than they are.
        guard let role = fitting.max(by: { $0.scopes.count < $1.scopes.count }), role.scopes.count > 1 else { return ([], scopes.sorted()) }
        return ([role.rawValue], scopes.subtracting(role.scopes).sorted())
    }
}
