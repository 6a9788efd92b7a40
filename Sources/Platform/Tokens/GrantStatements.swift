internal import Crypto
public import Postgres

/// Statements over grants and principals. Each names its tenant, and row-level security would, too.
extension SQL {
    /// Not for a suspended tenant, which gets no token.
    static func notePrincipal(_ delegation: Delegation) -> SQL {
        """
        INSERT INTO principal AS known (tenant_id, subject, service, expires_at)
        SELECT current_tenant(), \(delegation.subject), \(delegation.actors.first ?? ""), \(Timestamptz(seconds: delegation.expires))
        WHERE NOT EXISTS (SELECT FROM tenant WHERE tenant_id = current_tenant() AND state = 'suspended')
        ON CONFLICT ON CONSTRAINT principal_key DO UPDATE SET last_issued_at = now(), tokens_issued = known.tokens_issued + 1,
            expires_at = greatest(known.expires_at, EXCLUDED.expires_at)
        """
    }

    /// A tenant that the table does not know is not suspended.
    static let tenantIsSuspended: SQL = "SELECT EXISTS (SELECT FROM tenant WHERE tenant_id = current_tenant() AND state = 'suspended')"

    static func insertGrant(_ grant: Grant) -> SQL {
        """
        INSERT INTO token_grant (tenant_id, id, subject, actors, scopes, created_at, expires_at)
        VALUES (current_tenant(), \(grant.id), \(grant.subject), \(grant.actors), \(grant.scopes.sorted()),
            \(Timestamptz(seconds: grant.created)), \(Timestamptz(seconds: grant.expires)))
        """
    }

    /// One that is good still.
    static func liveGrant(_ id: UUIDv7) -> SQL {
        "SELECT \(grantColumns) FROM token_grant WHERE tenant_id = current_tenant() AND id = \(id) AND \(isLive)"
    }

    static func liveGrants(_ ids: [UUIDv7]) -> SQL {
        "SELECT id FROM token_grant WHERE tenant_id = current_tenant() AND id = ANY(\(ids)) AND \(isLive)"
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

    private static let grantColumns: SQL = "id, tenant_id, subject, actors, scopes, created_at, expires_at, revoked_at"

    /// Neither its subject nor who acts was logged out since it was made, and its tenant is open.
    private static let isLive: SQL = """
        revoked_at IS NULL AND expires_at > now() AND NOT EXISTS (
            SELECT FROM subject_epoch AS epoch WHERE epoch.tenant_id = token_grant.tenant_id
                AND (epoch.subject = token_grant.subject OR epoch.subject = ANY(token_grant.actors))
                AND epoch.not_before > token_grant.created_at
        ) AND NOT EXISTS (SELECT FROM tenant AS home WHERE home.tenant_id = token_grant.tenant_id AND home.state = 'suspended')
        """
}

extension Timestamptz {
    /// Of a time in seconds since 1970.
    public init(seconds: Int64) {
        self.init(unixMicroseconds: seconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
    }
}
