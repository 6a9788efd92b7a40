internal import Postgres

/// What a process makes of all rows at a beat: how much it gives, at once, and how much it takes, when that is committed.
struct QuotaPlan: Sendable {
    /// What is seen at one beat.
    struct Sight: Sendable {
        var me: AnyUUID
        var sight: QuotaSight
        var rows: [QuotaLeaseRow]
        /// Units a second that this process's callers want, for each quota that it has a lease of or wants one of.
        var wanted: [SharedQuota: Double]
    }

    /// A lease from now on; nil units: none any more.
    struct Change: Sendable {
        var shared: SharedQuota
        var units: UInt64?
        /// What is owed more than was, in nanoseconds.
        var addedDebt: UInt64
    }

    /// To be done before others may read of it.
    var shrinking: [Change] = []
    /// To be done when others can.
    var growing: [Change] = []
    var puts: [QuotaLeaseRow] = []
    var drops: [QuotaLeaseRow] = []

    /// - Parameters:
    ///   - holding: what this process has now of a quota.
    init(
        _ seen: Sight, quota: (SharedQuota) -> Quota, holding: (SharedQuota) -> QuotaHolding
    ) {
        var rows: [SharedQuota: [AnyUUID: QuotaLeaseRow]] = [:]
        for row in seen.rows {
            if let shared = row.shared { rows[shared, default: [:]][row.process] = row }
        }
        for shared in Set(rows.keys).union(seen.wanted.keys) {
            add(shared, seen, rows[shared] ?? [:], quota(shared), holding(shared))
        }
    }

    private mutating func add(
        _ shared: SharedQuota, _ seen: Sight, _ rows: [AnyUUID: QuotaLeaseRow], _ quota: Quota, _ before: QuotaHolding
    ) {
        let processes = seen.sight.processes
        let base = quota.burst / UInt64(max(1, processes.count))
        let wanted = processes.map { $0 == seen.me ? seen.wanted[shared] ?? 0 : rows[$0]?.wanted ?? 0 }
        let targets = QuotaDivision.units(of: quota.burst, wanted: wanted)
        guard let place = processes.firstIndex(of: seen.me) else { return }
        let others = processes.reduce(UInt64(0)) { sum, process in
            process == seen.me ? sum : sum &+ UInt64(clamping: rows[process]?.units ?? Int64(clamping: base))
        }
        var mine = before
        let held = mine.units &+ others
        var free = QuotaHolding(
            units: quota.burst > held ? quota.burst - held : 0,
            debt: rows[.none].map { min(seen.sight.debt($0), Self.longestDebt(quota, shared.class)) } ?? 0)
        mine.move(to: targets[place], with: &free)

        let isIdle = wanted.allSatisfy { $0 == 0 }
        if isIdle, mine.units == base {
            if rows[seen.me] != nil { drops.append(row(shared, seen.me, mine, 0, seen)) }
        } else {
            puts.append(row(shared, seen.me, mine, wanted[place], seen))
            puts.append(row(shared, .none, QuotaHolding(units: 0, debt: free.debt), 0, seen))
        }
        let change = Change(
            shared: shared, units: isIdle && mine.units == base ? nil : mine.units,
            addedDebt: mine.debt > before.debt ? mine.debt - before.debt : 0)
        if mine.units < before.units { shrinking.append(change) } else { growing.append(change) }
    }

    /// In which all is earned that can have been taken: when the database's clock is set back, old debts look longer than any can be. Only
    /// spending may go further than there is.
    private static func longestDebt(_ quota: Quota, _ class: QuotaClass) -> UInt64 {
        if `class` == .spending { return Limits.quotaMemoryNanoseconds }
        let rate = quota.rate(of: `class`, share: quota.burst)
        return rate.interval * rate.burst
    }

    private func row(_ shared: SharedQuota, _ process: AnyUUID, _ holding: QuotaHolding, _ wanted: Double, _ seen: Sight) -> QuotaLeaseRow {
        let owed = Int64(clamping: holding.debt / 1_000)
        return QuotaLeaseRow(
            shared, process: process, units: holding.units, wanted: wanted,
            owedUntil: Timestamptz(unixMicroseconds: seen.sight.moment.unixMicroseconds &+ owed))
    }
}

extension QuotaSight {
    /// How long until all is earned that was taken of a row's units, in nanoseconds.
    func debt(_ row: QuotaLeaseRow) -> UInt64 {
        let microseconds = row.owedUntil.unixMicroseconds.subtractingReportingOverflow(moment.unixMicroseconds)
        guard !microseconds.overflow, microseconds.partialValue > 0 else { return 0 }
        return min(UInt64(microseconds.partialValue), Limits.quotaMemoryNanoseconds / 1_000) * 1_000
    }
}
