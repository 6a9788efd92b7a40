/// One subject's quota of one class: what processes share.
struct SharedQuota: Hashable, Sendable {
    var subject: QuotaSubject
    var `class`: QuotaClass
}

/// What part of each quota is this process's to grant.
///
/// A share is a whole number of the burst's units. Without a lease each process has as many as all can have; with one it has what the
/// database says, which knows who needs how much.
struct QuotaShares: Sendable {
    /// That are at work, this one included.
    var processes: UInt64 = 1
    /// Units of each quota that is leased.
    var leases: [SharedQuota: UInt64] = [:]
    /// Units a second that callers want of quotas that are leased, or are to be.
    var wanted: [SharedQuota: Double] = [:]
    /// Quotas of which this process's share may not be enough.
    private(set) var pressed: Set<SharedQuota> = []

    /// The units of who has no lease.
    func base(_ quota: Quota) -> UInt64 { quota.burst / max(1, processes) }

    func units(of shared: SharedQuota, _ quota: Quota) -> UInt64 { min(leases[shared] ?? base(quota), quota.burst) }

    func rate(of shared: SharedQuota, _ quota: Quota) -> CellRate { quota.rate(of: shared.`class`, share: units(of: shared, quota)) }

    /// The rate of who has none of its own.
    func rate(of class: QuotaClass, _ quota: Quota) -> CellRate { quota.rate(of: `class`, share: base(quota)) }

    mutating func press(_ shared: SharedQuota) {
        guard pressed.count < Limits.quotasPressed else { return }
        pressed.insert(shared)
    }

    mutating func takePressed() -> Set<SharedQuota> {
        defer { pressed = [] }
        return pressed
    }
}
