internal import Platform
internal import Postgres

/// Statements over tenants: each is about the one of its scope, as everything else is.
extension SQL {
    /// The statements behind it in the same transaction are another tenant's.
    static func enterTenant(_ name: String) -> SQL {
        "SELECT set_config('app.tenant', \(name), true)"
    }

    static func insertTenant(at time: Timestamptz) -> SQL {
        "INSERT INTO tenant (tenant_id, created_at, changed_at) VALUES (current_tenant(), \(time), \(time))"
    }

    static let tenant: SQL = """
        SELECT tenant_id, state = 'suspended' AS is_suspended, created_at, changed_at FROM tenant WHERE tenant_id = current_tenant()
        """

    /// A tenant that is known from its tokens only gets its row by this: it is in use all the same. Nothing when it has never been.
    static func suspendTenant(reason: String) -> SQL {
        """
        INSERT INTO tenant AS known (tenant_id, state, reason)
        SELECT current_tenant(), 'suspended', \(reason)
        WHERE EXISTS (SELECT FROM tenant WHERE tenant_id = current_tenant())
            OR EXISTS (SELECT FROM principal WHERE tenant_id = current_tenant())
        ON CONFLICT ON CONSTRAINT tenant_key DO UPDATE SET state = 'suspended', reason = EXCLUDED.reason, changed_at = now()
            WHERE known.state <> 'suspended'
        """
    }

    static let resumeTenant: SQL =
        "UPDATE tenant SET state = 'active', reason = '', changed_at = now() WHERE tenant_id = current_tenant() AND state <> 'active'"
}
