public import Crypto
public import Postgres
internal import RPC

extension TokenIssuer {
    /// Keeps a grant. One round trip.
    public func keep(_ delegation: Delegation, _ scope: Scope) async throws -> Grant {
        var scope = scope
        scope.tenant = delegation.tenant
        let (refusal, grant) = try await database.batch(scope) { batch in
            (
                batch.one(.delegationRefusal(delegation), as: DelegationRefusal.self),
                batch.optional(.insertGrant(delegation, id: UUIDv7Generator.system.next()), as: Grant.self)
            )
        }
        try refusal.check(delegation)
        guard let grant else { throw TokenError.revoked.status }
        return grant
    }

    /// A grant that is good still; nil when there is none.
    public func liveGrant(_ id: UUIDv7, tenant: String, _ scope: Scope) async throws(PostgresError) -> Grant? {
        var scope = scope
        scope.tenant = tenant
        return try await database.batch(scope) { $0.optional(.liveGrant(id), as: Grant.self) }
    }

    /// Ends a grant of a service; nil when it has none of this name.
    public func revokeGrant(_ id: UUIDv7, tenant: String, of service: String, _ scope: Scope) async throws(PostgresError) -> Grant? {
        var scope = scope
        scope.tenant = tenant
        return try await database.batch(scope) { $0.optional(.revokeGrant(id, of: service), as: Grant.self) }
    }

    /// Removes grants that ended long ago; gives how many. Called now and then.
    public func purgeGrants() async throws(PostgresError) -> Int64 {
        try await database.batch(platformScope) { $0.one(.purgeGrants(limit: Limits.grantsPerPurge)) }
    }
}

/// What the database says against a token or a grant.
struct DelegationRefusal: RowDecodable {
    let isSuspended: Bool
    let isRevoked: Bool

    init(row: Row) throws(PostgresError) {
        isSuspended = try row["is_suspended"]
        isRevoked = try row["is_revoked"]
    }

    func check(_ delegation: Delegation) throws {
        if isSuspended { throw TokenRefusal.tenantSuspended(tenant: delegation.tenant) }
        if isRevoked { throw TokenError.revoked.status }
    }
}
