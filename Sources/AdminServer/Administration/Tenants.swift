public import AdminAPI
internal import Net
internal import Platform
internal import Postgres
public import RPC
internal import StandardTypes

extension Administration {
    public func createTenant(_ request: CreateTenantRequest, _ call: Call) async throws -> Tenant {
        let key = try IdempotencyKey(call)
        let now = Timestamptz(seconds: issuer.currentTime)
        let tenant = TenantRow(name: request.name, isSuspended: false, created: now, changed: now)
        do {
            // The key is the caller's, the row the new tenant's.
            return try await database.once(key, request: request, reply: tenant.record, call) { batch in
                batch.enqueue(.enterTenant(request.name))
                batch.enqueue(.insertTenant(at: now))
            }
        } catch let error as PostgresError where error.kind == .uniqueViolation && error.constraint == "tenant_key" {
            throw AdminError.tenantExists(name: request.name)
        }
    }

    public func suspendTenant(_ request: SuspendTenantRequest, _ call: Call) async throws -> Tenant {
        // Nobody of it could take it back.
        if call[Caller.self]?.tenant == request.name { throw AdminError.ownTenant(name: request.name) }
        var scope = Scope(call)
        scope.tenant = request.name
        let row = try await database.batch(scope) { batch in
            batch.enqueue(.suspendTenant(reason: request.reason))
            return batch.optional(.tenant, as: TenantRow.self)
        }
        guard let row else { throw AdminError.tenantNotFound(name: request.name) }
        return row.record
    }

    public func resumeTenant(_ request: ResumeTenantRequest, _ call: Call) async throws -> Tenant {
        var scope = Scope(call)
        scope.tenant = request.name
        let row = try await database.batch(scope) { batch in
            batch.enqueue(.resumeTenant)
            return batch.optional(.tenant, as: TenantRow.self)
        }
        guard let row else { throw AdminError.tenantNotFound(name: request.name) }
        return row.record
    }
}

/// A tenant as the database keeps it.
struct TenantRow: RowDecodable {
    let name: String
    let isSuspended: Bool
    let created: Timestamptz
    let changed: Timestamptz

    init(name: String, isSuspended: Bool, created: Timestamptz, changed: Timestamptz) {
        self.name = name
        self.isSuspended = isSuspended
        self.created = created
        self.changed = changed
    }

    init(row: Row) throws(PostgresError) {
        self.init(
            name: try row["tenant_id"], isSuspended: try row["is_suspended"], created: try row["created_at"],
            changed: try row["changed_at"])
    }

    var record: Tenant {
        var tenant = Tenant()
        tenant.name = name
        tenant.state = isSuspended ? .suspended : .active
        tenant.createdAt = Timestamp(created)
        tenant.changedAt = Timestamp(changed)
        return tenant
    }
}
