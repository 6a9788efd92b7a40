public import AdminAPI
internal import Platform
internal import Postgres
public import RPC
internal import StandardTypes

extension Administration {
    public func setQuota(_ request: SetQuotaRequest, _ call: Call) async throws -> QuotaSetting {
        let (kind, quotaClass) = try Self.known(request.kind, request.quotaClass)
        let isCommon = request.tenant.isEmpty && request.name.isEmpty
        let subject = isCommon ? nil : try Self.subject(kind, tenant: request.tenant, name: request.name)
        var quota: Quota?
        if let perPeriod = request.perPeriod {
            quota = Quota(perPeriod: UInt64(clamping: perPeriod), burst: request.burst.map { UInt64(clamping: $0) })
        } else if request.burst != nil {
            throw AdminError.invalid(field: "per_period", "A burst alone is no quota: say how much is earned in a period, too.")
        }
        try await quotas.set(quota, for: subject, of: kind, quotaClass, Scope(call))
        let now = quota ?? quotas.quota(of: subject, kind, quotaClass)
        var setting = QuotaSetting()
        setting.kind = request.kind
        setting.tenant = request.tenant
        setting.name = request.name
        setting.quotaClass = request.quotaClass
        setting.perPeriod = Int64(clamping: now.perPeriod)
        setting.burst = Int64(clamping: now.burst)
        return setting
    }

    public func getQuotaUsage(_ request: GetQuotaUsageRequest, _ call: Call) async throws -> GetQuotaUsageReply {
        let (kind, _) = try Self.known(request.kind, .read)
        let subject = try Self.subject(kind, tenant: request.tenant, name: request.name)
        var reply = GetQuotaUsageReply()
        reply.usages = try await quotas.usage(of: subject, Scope(call)).map(\.record)
        return reply
    }

    private static func known(
        _ kind: QuotaKind, _ quotaClass: AdminAPI.QuotaClass
    ) throws(AdminError) -> (QuotaSubject.Kind, Platform.QuotaClass) {
        guard let kind = QuotaSubject.Kind(kind) else { throw .invalid(field: "kind", "Name a kind that this server knows.") }
        guard let quotaClass = Platform.QuotaClass(quotaClass) else {
            throw .invalid(field: "quota_class", "Name a class that this server knows.")
        }
        return (kind, quotaClass)
    }

    private static func subject(_ kind: QuotaSubject.Kind, tenant: String, name: String) throws(AdminError) -> QuotaSubject {
        if let subject = QuotaSubject(kind: kind, tenant: tenant, name: name) { return subject }
        switch kind {
        case .principal, .endpoint:
            throw .invalid(field: tenant.isEmpty ? "tenant" : "name", "Name both the tenant and the \(kind.rawValue).")
        case .tenant: throw .invalid(field: tenant.isEmpty ? "tenant" : "name", "Name the tenant, and nothing else.")
        case .service: throw .invalid(field: "name", "Name the service.")
        }
    }
}

extension QuotaSubject.Kind {
    fileprivate init?(_ kind: QuotaKind) {
        switch kind {
        case .principal: self = .principal
        case .tenant: self = .tenant
        case .service: self = .service
        case .endpoint: self = .endpoint
        default: return nil
        }
    }
}

extension Platform.QuotaClass {
    fileprivate init?(_ quotaClass: AdminAPI.QuotaClass) {
        switch quotaClass {
        case .read: self = .read
        case .write: self = .write
        case .send: self = .send
        case .ai: self = .ai
        case .admin: self = .admin
        case .ingest: self = .ingest
        case .probe: self = .probe
        case .spending: self = .spending
        default: return nil
        }
    }

    fileprivate var word: AdminAPI.QuotaClass {
        switch self {
        case .read: .read
        case .write: .write
        case .send: .send
        case .ai: .ai
        case .admin: .admin
        case .ingest: .ingest
        case .probe: .probe
        case .spending: .spending
        }
    }
}

extension Platform.QuotaUsage {
    fileprivate var record: AdminAPI.QuotaUsage {
        var usage = AdminAPI.QuotaUsage()
        usage.quotaClass = `class`.word
        usage.perPeriod = Int64(clamping: quota.perPeriod)
        usage.burst = Int64(clamping: quota.burst)
        usage.grantedHere = Int64(clamping: granted)
        usage.remainingHere = Int64(clamping: remaining)
        var reset = StandardTypes.Duration()
        reset.seconds = resetAfter.components.seconds
        reset.nanos = Int32(resetAfter.components.attoseconds / 1_000_000_000)
        usage.resetAfter = reset
        usage.shares = shares.map { share in
            var record = QuotaShare()
            record.processID = share.process
            record.units = share.units
            record.wantedPerSecond = share.wantedPerSecond
            return record
        }
        return usage
    }
}
