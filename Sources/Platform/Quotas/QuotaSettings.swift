internal import Net
public import Postgres
internal import Synchronization

/// What is left of one quota, as one process knows it.
public struct QuotaUsage: Sendable {
    /// What one process may grant, as it has told the others.
    public struct Share: Sendable {
        public var process: String
        public var units: Int64
        public var wantedPerSecond: Double
    }

    public var `class`: QuotaClass
    public var quota: Quota
    /// Units of the burst that this process may grant.
    public var granted: UInt64
    public var remaining: UInt64
    public var resetAfter: Duration
    /// Empty where nobody needs more than an equal share.
    public var shares: [Share]
}

extension QuotaLeases {
    /// Sets a quota, or takes back what was set. It counts in this process when this returns, in others after their next beats.
    ///
    /// - Parameters:
    ///   - quota: nil: the standard, or what is set for all of the kind.
    ///   - subject: nil: all of the kind that have none of their own.
    ///   - scope: who does it; its tenant counts for nothing.
    public func set(
        _ quota: Quota?, for subject: QuotaSubject?, of kind: QuotaSubject.Kind, _ class: QuotaClass, _ scope: Scope
    ) async throws(PostgresError) {
        let entry = QuotaBook.Entry(
            kind: subject?.kind ?? kind, subject: subject, class: `class`, quota: quota ?? .standard(kind, `class`))
        let row = QuotaRow(entry)
        var scope = scope
        scope.tenant = row.tenant
        try await database.batch(scope) { batch in
            if quota == nil {
                batch.enqueue(.removeQuota(kind: row.kind, name: row.name, class: row.class))
            } else {
                batch.enqueue(.setQuota(row, of: row.tenant, by: scope.caller))
            }
        }
        await refresh()
    }

    /// Which quota a subject has, or all of a kind that have none of their own.
    public func quota(of subject: QuotaSubject?, _ kind: QuotaSubject.Kind, _ class: QuotaClass) -> Quota {
        quotas.state.withLock { state in
            subject.map { state.book.quota(of: $0, `class`) } ?? state.book.quota(of: kind, `class`)
        }
    }

    /// What is left of each quota of a subject, and how processes share it.
    public func usage(of subject: QuotaSubject, _ scope: Scope) async throws(PostgresError) -> [QuotaUsage] {
        var scope = scope
        scope.tenant = subject.rowTenant
        let rows = try await database.batch(scope) {
            $0.all(.quotaLeases(kind: subject.kind.rawValue, name: subject.name), as: QuotaLeaseRow.self)
        }
        return quotas.usage(of: subject).map { usage in
            var usage = usage
            usage.shares = rows.filter { $0.class == usage.class.name && $0.process != .none }.map { row in
                QuotaUsage.Share(process: row.process.description, units: row.units, wantedPerSecond: row.wanted)
            }
            return usage
        }
    }
}

extension Quotas {
    fileprivate func usage(of subject: QuotaSubject) -> [QuotaUsage] {
        let now = now
        return state.withLock { state in
            let meter = state.meters[subject]
            return QuotaClass.allCases.map { `class` in
                let quota = state.book.quota(of: subject, `class`)
                let granted = state.shares.units(of: SharedQuota(subject: subject, class: `class`), quota)
                return QuotaUsage(
                    class: `class`, quota: quota, granted: granted, remaining: meter?.remaining(of: `class`, at: now) ?? granted,
                    resetAfter: .nanoseconds(Int64(clamping: meter?.debt(of: `class`, at: now) ?? 0)), shares: [])
            }
        }
    }
}
