/// A job at certain times. All processes have it; for each of its times one of them enqueues the job, in one transaction with a row that only
/// one of them can write, so that nobody has to be the leader.
public struct JobSchedule: Sendable {
    /// What happens to times that passed while no process ran.
    public enum CatchUp: Sendable, Hashable {
        /// They are over.
        case none
        /// The last of them takes place now.
        case latest
        /// The last so many of them take place now.
        case all(atMost: Int)
    }

    public let name: String
    let cron: CronExpression
    let zone: ZoneHistory
    let catchUp: CatchUp
    let tenant: String
    let job: @Sendable (_ slot: Int64) -> Job

    /// - Parameters:
    ///   - name: 1 to 64 lower-case letters, digits, `_`, `-` and `.`; the same for ever.
    ///   - cron: see ``CronExpression``.
    ///   - zone: the IANA name of the zone whose clock counts.
    ///   - job: makes the job for a time, in seconds since 1970.
    public init(
        _ name: String, _ cron: String, zone: String, catchUp: CatchUp = .latest, tenant: String = PlatformTenant.name,
        _ job: @escaping @Sendable (_ slot: Int64) -> Job
    ) throws(ScheduleError) {
        self.name = name
        self.cron = try CronExpression(cron)
        self.zone = try ZoneHistory(zone)
        self.catchUp = catchUp
        self.tenant = tenant
        self.job = job
    }

    /// The times after `last`, up to `now`, at which a job is to be enqueued, in order. All in seconds since 1970.
    func due(after last: Int64, now: Int64) -> [Int64] {
        switch catchUp {
        case .none: return latest(1, after: max(last, now - Self.punctualSeconds), now: now)
        case .latest: return latest(1, after: last, now: now)
        case .all(let limit): return latest(min(limit, Limits.scheduleCatchUp), after: last, now: now)
        }
    }

    func next(after time: Int64) -> Int64? { cron.next(after: time, in: zone) }

    /// Looks back further and further, so that a long pause of a schedule of minutes costs nothing.
    private func latest(_ count: Int, after last: Int64, now: Int64) -> [Int64] {
        for hours: Int64 in [1, 24, 32 * 24, 400 * 24, 9 * 366 * 24] {
            let from = max(last, now - hours * 3_600)
            var found: [Int64] = []
            var time = from
            while let next = next(after: time), next <= now {
                found.append(next)
                time = next
                if found.count > 2 * count { found.removeFirst(count) }
            }
            if found.count >= count || from == last { return Array(found.suffix(max(0, count))) }
        }
        return []
    }

    /// A time that is no older than this has not been missed: a process is not always on the second.
    private static let punctualSeconds: Int64 = 60
}
