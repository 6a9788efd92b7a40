public import Crypto
public import Postgres

/// What is to end before its time.
public enum Revocation: Sendable, Hashable {
    /// One token, by its `jti`.
    case token(tenant: String, id: String)
    /// All tokens of a subject that were issued before a time (seconds since 1970; nil: now), whoever has them, and its grants of before.
    case subject(tenant: String, String, issuedBefore: Int64?)
    /// All tokens that a key of ours signed.
    case key(id: String)
    /// A grant and what comes of it.
    case grant(tenant: String, UUIDv7)
}

extension TokenIssuer {
    /// Every server knows of it within seconds. False when there is no such key or grant; of tokens and subjects nobody knows all.
    ///
    /// - Parameters:
    ///   - reason: at most 500 characters, for those who ask later.
    ///   - scope: who revokes. The tenant is the revocation's.
    public func revoke(_ revocation: Revocation, reason: String, _ scope: Scope) async throws -> Bool {
        var scope = scope
        switch revocation {
        case .token(let tenant, let id):
            scope.tenant = tenant
            try await database.batch(scope) { $0.enqueue(.revokeToken(id, by: scope.caller, reason: reason)) }
            return true
        case .subject(let tenant, let subject, let time):
            scope.tenant = tenant
            try await database.batch(scope) {
                $0.enqueue(.revokeSubject(subject, issuedBefore: time.map { Timestamptz(seconds: $0) }, by: scope.caller, reason: reason))
            }
            return true
        case .key(let id):
            let found = try await database.batch(scope) { batch in
                batch.enqueue(.holdSigningKeys(of: issuer))
                if let algorithm = configuredKeys()[id] {
                    return batch.optional(.retireConfiguredKey(id, of: issuer, algorithm: algorithm), as: Int.self)
                }
                return batch.optional(.retireSigningKey(id, of: issuer), as: Int.self)
            }
            return found != nil
        case .grant(let tenant, let id):
            scope.tenant = tenant
            return try await database.batch(scope) { $0.optional(.revokeGrant(id, of: nil), as: Grant.self) } != nil
        }
    }
}
