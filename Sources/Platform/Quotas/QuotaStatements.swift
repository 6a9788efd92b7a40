internal import Postgres

/// How quotas are kept, and how processes share them.
extension SQL {
    /// Runs as the tenant whose quota it is, or as the platform.
    static func setQuota(_ row: QuotaRow, of tenant: String, by caller: String) -> SQL {
        """
        INSERT INTO quota (tenant_id, kind, name, class, per_period, burst, changed_by)
        VALUES (\(tenant), \(row.kind), \(row.name), \(row.class), \(row.perPeriod), \(row.burst), \(caller))
        ON CONFLICT (tenant_id, kind, name, class)
        DO UPDATE SET per_period = excluded.per_period, burst = excluded.burst, changed_at = now(), changed_by = excluded.changed_by
        """
    }

    static func removeQuota(kind: String, name: String, class: String) -> SQL {
        "DELETE FROM quota WHERE tenant_id = current_tenant() AND kind = \(kind) AND name = \(name) AND class = \(`class`)"
    }

    static let allQuotas: SQL = "SELECT tenant_id, kind, name, class, per_period, burst FROM quota_all()"

    static func quotaBeat(_ process: AnyUUID, name: String, lease: Duration) -> SQL {
        """
        SELECT processes, version, moment
        FROM quota_beat(\(process), \(name), \(lease.microseconds), \(Limits.quotaOwed.microseconds))
        """
    }

    static func quotaLeave(_ process: AnyUUID) -> SQL { "SELECT quota_leave(\(process))" }

    static let quotaLeases: SQL = "SELECT tenant_id, kind, name, class, process_id, units, wanted, owed_until FROM quota_leases()"

    /// Those of one subject, as its tenant.
    static func quotaLeases(kind: String, name: String) -> SQL {
        """
        SELECT tenant_id, kind, name, class, process_id, units, wanted, owed_until FROM quota_lease
        WHERE tenant_id = current_tenant() AND kind = \(kind) AND name = \(name)
        ORDER BY class, process_id
        """
    }

    static func putQuotaLeases(_ rows: [QuotaLeaseRow]) -> SQL {
        """
        SELECT quota_lease_put(\(rows.map(\.tenant)), \(rows.map(\.kind)), \(rows.map(\.name)), \(rows.map(\.class)),
            \(rows.map(\.process)), \(rows.map(\.units)), \(rows.map(\.wanted)), \(rows.map(\.owedUntil)))
        """
    }

    static func dropQuotaLeases(_ rows: [QuotaLeaseRow], of process: AnyUUID) -> SQL {
        """
        SELECT quota_lease_drop(\(rows.map(\.tenant)), \(rows.map(\.kind)), \(rows.map(\.name)), \(rows.map(\.class)), \(process))
        """
    }
}

/// A quota that was set.
struct QuotaRow: Sendable, RowDecodable {
    var tenant: String
    var kind: String
    var name: String
    var `class`: String
    var perPeriod: Int64
    var burst: Int64

    init(row: Row) throws(PostgresError) {
        tenant = try row["tenant_id"]
        kind = try row["kind"]
        name = try row["name"]
        `class` = try row["class"]
        perPeriod = try row["per_period"]
        burst = try row["burst"]
    }

    init(_ entry: QuotaBook.Entry) {
        tenant = entry.subject?.rowTenant ?? QuotaSubject.platform
        kind = entry.kind.rawValue
        name = entry.subject?.name ?? ""
        `class` = entry.class.name
        perPeriod = Int64(clamping: entry.quota.perPeriod)
        burst = Int64(clamping: entry.quota.burst)
    }

    /// Nil for what a later version has set.
    var entry: QuotaBook.Entry? {
        guard let kind = QuotaSubject.Kind(rawValue: kind), let quotaClass = QuotaClass(name: `class`), perPeriod > 0, burst > 0 else {
            return nil
        }
        let quota = Quota(perPeriod: UInt64(perPeriod), burst: UInt64(burst))
        let isCommon = tenant == QuotaSubject.platform && name.isEmpty
        let subject = isCommon ? nil : QuotaSubject(kind: kind, rowTenant: tenant, name: name)
        return isCommon || subject != nil ? QuotaBook.Entry(kind: kind, subject: subject, class: quotaClass, quota: quota) : nil
    }
}

/// Who there is, and how far changes are.
struct QuotaSight: Sendable, RowDecodable {
    /// In order; this one is among them.
    var processes: [AnyUUID]
    var version: Int64
    /// The database's clock.
    var moment: Timestamptz

    init(processes: [AnyUUID], version: Int64, moment: Timestamptz) {
        self.processes = processes
        self.version = version
        self.moment = moment
    }

    init(row: Row) throws(PostgresError) {
        processes = try row["processes"]
        version = try row["version"]
        moment = try row["moment"]
    }
}

/// What one process has of a quota; without a process what none has.
struct QuotaLeaseRow: Sendable, RowDecodable {
    var tenant: String
    var kind: String
    var name: String
    var `class`: String
    var process: AnyUUID
    var units: Int64
    var wanted: Double
    var owedUntil: Timestamptz

    init(row: Row) throws(PostgresError) {
        tenant = try row["tenant_id"]
        kind = try row["kind"]
        name = try row["name"]
        `class` = try row["class"]
        process = try row["process_id"]
        units = try row["units"]
        wanted = try row["wanted"]
        owedUntil = try row["owed_until"]
    }

    init(_ shared: SharedQuota, process: AnyUUID, units: UInt64, wanted: Double, owedUntil: Timestamptz) {
        tenant = shared.subject.rowTenant
        kind = shared.subject.kind.rawValue
        name = shared.subject.name
        `class` = shared.class.name
        self.process = process
        self.units = Int64(clamping: units)
        self.wanted = wanted
        self.owedUntil = owedUntil
    }

    var shared: SharedQuota? {
        guard let kind = QuotaSubject.Kind(rawValue: kind), let quotaClass = QuotaClass(name: `class`),
            let subject = QuotaSubject(kind: kind, rowTenant: tenant, name: name)
        else { return nil }
        return SharedQuota(subject: subject, class: quotaClass)
    }
}

extension QuotaSubject {
    /// The tenant of rows that belong to none.
    static let platform = "_platform"

    var rowTenant: String { tenant.isEmpty ? Self.platform : tenant }

    init?(kind: Kind, rowTenant: String, name: String) {
        self.init(kind: kind, tenant: kind == .service && rowTenant == Self.platform ? "" : rowTenant, name: name)
    }
}
