internal import Crypto
public import Net
public import Postgres
internal import Synchronization

/// Has the processes of a deployment share quotas, and learn of changed ones, through the database.
///
/// Once a second each process says that it is there, reads what was changed, and divides with the others what its callers want more of than
/// an equal share. No call waits for any of this. While the database is away everything stays as it was for a lease's time; then nobody
/// grants more than an equal share.
public final class QuotaLeases: Sendable {
    let quotas: Quotas
    let database: Database
    private let loop: EventLoop
    private let log: Log
    private let name: String
    private let patience: Duration
    private let lease: Duration
    let id: AnyUUID
    private let state = Mutex(State())
    private let bell: Bell

    private struct State {
        var version: Int64 = 0
        var lastBeat: MonotonicTime?
        var isStopping = false
        var hasFailed = false
        var task: Task<Void, Never>?
    }

    /// - Parameters:
    ///   - name: for people who look at the table.
    ///   - loop: where it works.
    ///   - lease: how long the others count on a process that is not heard of; nil: several beats.
    ///   - patience: what a beat may take; nil: less than a lease lasts, so that a hanging database is noticed before.
    public init(
        _ quotas: Quotas, _ database: Database, name: String, on loop: EventLoop, log: Log, lease: Duration? = nil,
        patience: Duration? = nil
    ) {
        self.lease = lease ?? Limits.quotaLease
        self.patience = patience ?? Limits.quotaPatience
        self.quotas = quotas
        self.database = database
        self.name = name
        self.loop = loop
        self.log = log
        id = AnyUUID(UUIDv7Generator.system.next())
        bell = Bell(on: loop)
    }

    /// Beats once, so that the first call is judged by what was set, and then goes on by itself. A database that is away does not keep a
    /// server from starting: then the standard counts.
    public func start() async {
        await turn()
        let task = Task(executorPreference: loop) { await self.run() }
        state.withLock { $0.task = task }
    }

    /// Gives this process's share back.
    public func stop() async {
        let task = state.withLock { state in
            state.isStopping = true
            return state.task.take()
        }
        bell.ring()
        await task?.value
        try? await database.batch(scope()) { $0.enqueue(.quotaLeave(id)) }
    }

    /// Somebody has just changed a quota here: others see it at their next beat, this process at once.
    public func refresh() async { await turn() }

    private func run() async {
        while !state.withLock({ $0.isStopping }) {
            await bell.wait(until: .now() + Limits.quotaBeat * Double.random(in: 0.8...1.2))
            if !state.withLock({ $0.isStopping }) { await turn() }
        }
    }

    private func turn() async {
        do {
            try await beat()
            if state.withLock({ $0.hasFailed.exchange(with: false) }) { log.write(.info, "quotas_shared_again") }
        } catch {
            if !state.withLock({ $0.hasFailed.exchange(with: true) }) {
                log.write(
                    .warning, "quotas_not_shared",
                    ["error": "\(error)", "next": "each process goes on with its share, and with an equal one after a while"])
            }
            let last = state.withLock { $0.lastBeat }
            if let last, MonotonicTime(nanoseconds: quotas.now) - last > lease / 2 { quotas.fallBack() }
        }
    }

    /// One beat. Processes take turns: what one has given another may take, and nothing is given twice.
    func beat() async throws {
        let began = MonotonicTime(nanoseconds: quotas.now)
        let (version, last) = state.withLock { ($0.version, $0.lastBeat) }
        let wanted = quotas.takeWanted(seconds: last.map { Double((began - $0).wholeNanoseconds) / 1e9 } ?? 1)
        let (seen, plan) = try await database.transaction(scope()) { transaction in
            let sight = try await transaction.one(.quotaBeat(id, name: name, lease: lease), as: QuotaSight.self)
            if sight.version != version {
                let rows = try await transaction.all(.allQuotas, as: QuotaRow.self)
                quotas.apply(QuotaBook(rows.compactMap(\.entry)))
            }
            // Who was left alone has what others gave him up to now only, until he looks.
            let isSharing = sight.processes.count > 1 || !wanted.isEmpty || quotas.hasLeases
            let rows = isSharing ? try await transaction.all(.quotaLeases, as: QuotaLeaseRow.self) : []
            let plan = quotas.plan(QuotaPlan.Sight(me: id, sight: sight, rows: rows, wanted: wanted))
            if !plan.puts.isEmpty { transaction.enqueue(.putQuotaLeases(plan.puts)) }
            if !plan.drops.isEmpty { transaction.enqueue(.dropQuotaLeases(plan.drops, of: id)) }
            return (sight, plan)
        }
        quotas.settle(plan)
        state.withLock { state in
            state.version = seen.version
            state.lastBeat = began
        }
    }

    private func scope() -> Scope {
        Scope(tenant: nil, caller: "quotas", requestID: "quotas", deadline: .now() + patience)
    }
}

extension Bool {
    fileprivate mutating func exchange(with value: Bool) -> Bool {
        defer { self = value }
        return self
    }
}
