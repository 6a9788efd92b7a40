public import Crypto
public import Postgres

extension TokenIssuer {
    /// Keeps a grant.
    public func keep(_ grant: Grant, _ scope: Scope) async throws(PostgresError) {
        var scope = scope
        scope.tenant = grant.tenant
        try await database.batch(scope) { $0.enqueue(.insertGrant(grant)) }
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
