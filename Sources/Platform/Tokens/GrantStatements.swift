internal import Crypto
public import Postgres

/// Statements over grants and principals. Each names its tenant, and row-level security would, too.
extension SQL {
    /// Not for a suspended tenant, which gets no token, nor by a token that was revoked.
    static func notePrincipal(_ delegation: Delegation) -> SQL {
        """
        INSERT INTO principal AS known (tenant_id, subject, service, expires_at)
        SELECT current_tenant(), \(delegation.subject), \(delegation.actors.first ?? ""), \(Timestamptz(seconds: delegation.expires))
        WHERE NOT \(tenantIsSuspended) AND NOT \(isRevoked(delegation))
        ON CONFLICT ON CONSTRAINT principal_key DO UPDATE SET last_issued_at = now(), tokens_issued = known.tokens_issued + 1,
            expires_at = greatest(known.expires_at, EXCLUDED.expires_at)
        """
    }

    /// Why there is to be no token or grant. This process's memory of what was revoked may be seconds old; this is asked where the word stands.
    static func delegationRefusal(_ delegation: Delegation) -> SQL {
        "SELECT \(tenantIsSuspended) AS is_suspended, \(isRevoked(delegation)) AS is_revoked"
    }

    /// One row, unless it is refused.
    static func insertGrant(_ delegation: Delegation, id: UUIDv7) -> SQL {
        """
        INSERT INTO token_grant (tenant_id, id, subject, actors, scopes, expires_at, source_token_id, source_issued_at,
            issued_by_tenant, issued_by, roles, role_scopes)
        SELECT current_tenant(), \(id), \(delegation.subject), \(delegation.actors), \(delegation.scopes.sorted()),
            \(Timestamptz(seconds: delegation.expires)), \(delegation.source?.tokenID ?? ""),
            \(Timestamptz(seconds: delegation.source?.issuedAt ?? 0)), \(delegation.issuedBy?.tenant)::text, \(delegation.issuedBy?.name)::text,
            \(delegation.roles.sorted()), \(delegation.roleScopes.sorted())
        WHERE NOT \(tenantIsSuspended) AND NOT \(isRevoked(delegation))
        RETURNING \(grantColumns)
        """
    }

    /// A tenant that the table does not know is not suspended.
    private static let tenantIsSuspended: SQL = "EXISTS (SELECT FROM tenant WHERE tenant_id = current_tenant() AND state = 'suspended')"

    private static func isRevoked(_ delegation: Delegation) -> SQL {
        let (source, issuer) = (delegation.source, delegation.issuedBy)
        let issuedAt = Timestamptz(seconds: source?.issuedAt ?? 0)
        return """
            (token_is_revoked(\(source?.tenant ?? ""), \(source?.tokenID ?? ""), \(source?.names ?? []), \(issuedAt))
                OR \(source != nil) AND token_is_revoked(\(issuer?.tenant ?? ""), '', ARRAY[\(issuer?.name ?? "")]::text[], \(issuedAt)))
            """
    }

    /// One that is good still.
    static func liveGrant(_ id: UUIDv7) -> SQL {
        "SELECT \(grantColumns) FROM token_grant WHERE tenant_id = current_tenant() AND id = \(id) AND \(isLive)"
    }

    /// Of all tenants, and as none: those of these that are good still.
    static func liveGrants(_ names: [GrantName]) -> SQL {
        "SELECT tenant_id, id FROM token_grants_live(\(names.map(\.tenant)), \(names.map(\.id)))"
    }

    /// One row when there is such a grant, revoked now or before. Nil is any service.
    static func revokeGrant(_ id: UUIDv7, of service: String?) -> SQL {
        """
        UPDATE token_grant SET revoked_at = coalesce(revoked_at, now())
        WHERE tenant_id = current_tenant() AND id = \(id) AND (\(service)::text IS NULL OR coalesce(actors[1], subject) = \(service))
        RETURNING \(grantColumns)
        """
    }

    static func purgeGrants(limit: Int64) -> SQL {
        "SELECT token_grant_purge(\(limit))"
    }

    private static let grantColumns: SQL =
        "id, tenant_id, subject, actors, scopes, roles, role_scopes, created_at, expires_at, revoked_at, issued_by_tenant, issued_by"

    /// The token that it came of was not revoked, nor was anybody whom that names, who handed it out or who acts logged out since; and its
    /// tenant is open.
    private static let isLive: SQL = """
        revoked_at IS NULL AND expires_at > now()
        AND NOT token_is_revoked(tenant_id, source_token_id, subject || actors, source_issued_at)
        AND NOT (issued_by IS NOT NULL AND token_is_revoked(issued_by_tenant, '', ARRAY[issued_by], source_issued_at))
        AND NOT EXISTS (SELECT FROM tenant AS home WHERE home.tenant_id = token_grant.tenant_id AND home.state = 'suspended')
        """
}

extension Timestamptz {
    /// Of a time in seconds since 1970.
    public init(seconds: Int64) {
        self.init(unixMicroseconds: seconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
    }
}
