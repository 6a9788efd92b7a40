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

    static func changeTenant(to state: String, reason: String) -> SQL {
        """
        UPDATE tenant SET state = \(state), reason = \(reason), changed_at = now()
        WHERE tenant_id = current_tenant() AND state <> \(state)
        """
    }
}
