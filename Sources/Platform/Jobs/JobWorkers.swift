internal import Crypto
public import Net
public import Postgres
internal import Synchronization

/// The workers of a process: they run the jobs of some queues, on the loops of the server, until they are stopped.
///
///     let workers = JobWorkers(database, loops: loops, queues: [JobQueue("outbound", concurrency: 32)], handlers: Outbound.handlers, log: log)
///     await workers.start()
///     …
///     await workers.stop(grace: .seconds(10))
///
/// A process that only enqueues has them without queues: they tell the other processes what there is to do.
public final class JobWorkers: Sendable {
    private let store: JobStore
    private let loops: [EventLoop]
    private let name: String
    private let log: Log
    private let queues: [QueueWorker]
    private let notifier: PacedNotifier
    private let scheduler: JobScheduler
    private let beats: Bell
    private let sweeps: Bell
    private let slots: Bell
    private let state = Mutex(State())

    private struct State {
        var worker: UUIDv7?
        var leaseEnds = MonotonicTime.distantFuture
        var isStopping = false
        var hasDrained = false
        var listener: Int?
        var claims: [Task<Void, Never>] = []
        var rounds: [Task<Void, Never>] = []
    }

    /// - Parameters:
    ///   - loops: where handlers run that are not heavy.
    ///   - name: who this process is, for people who look at the database.
    public convenience init(
        _ database: Database, loops: [EventLoop], queues: [JobQueue], handlers: [JobHandler], schedules: [JobSchedule] = [],
        name: String = "switchboard", log: Log
    ) {
        self.init(database, loops: loops, queues: queues, handlers: handlers, schedules: schedules, name: name, log: log, clock: .system)
    }

    init(
        _ database: Database, loops: [EventLoop], queues: [JobQueue], handlers: [JobHandler], schedules: [JobSchedule] = [],
        name: String = "switchboard", log: Log, clock: JobClock
    ) {
        precondition(!loops.isEmpty, "workers need a loop")
        let store = JobStore(database: database, clock: clock)
        var kinds: [String: JobHandler] = [:]
        for handler in handlers {
            precondition(kinds.updateValue(handler, forKey: handler.kind) == nil, "two handlers for \(handler.kind)")
        }
        self.store = store
        self.loops = loops
        self.name = name
        self.log = log
        self.queues = queues.map { [kinds] in QueueWorker($0, store, kinds, on: loops, log: log) }
        notifier = PacedNotifier(.jobs, of: database, on: loops[0])
        scheduler = JobScheduler(store: store, schedules: schedules, log: log)
        beats = Bell(on: loops[0])
        sweeps = Bell(on: loops[0])
        slots = Bell(on: loops[0])
    }

    public func start() {
        let listener = store.database.announcements.listen { [weak self] words in self?.heard(words) }
        let rounds = [
            Task(executorPreference: loops[0]) { await self.beat() },
            Task(executorPreference: loops[0]) { await self.sweep() },
            Task(executorPreference: loops[0]) { await self.listen() },
            Task(executorPreference: loops[0]) { await self.schedule() },
        ]
        let claims = queues.enumerated().map { index, queue in
            Task(executorPreference: loops[index % loops.count]) { await queue.run { self.state.withLock { $0.worker } } }
        }
        state.withLock { state in
            state.listener = listener
            state.rounds = rounds
            state.claims = claims
        }
    }

    /// Claims nothing more, lets what runs go on for `grace`, cancels the rest, and puts back at once what has not come to its end: others
    /// take it without waiting for a lease, and it does not count as an attempt.
    public func stop(grace: Duration) async {
        let deadline = MonotonicTime.now() + grace
        let (claims, rounds) = state.withLock { state in
            state.isStopping = true
            return (state.claims, state.rounds)
        }
        for queue in queues { queue.close() }
        for claim in claims { await claim.value }
        await withTaskGroup { group in
            for queue in queues { group.addTask { await queue.drain(until: deadline) } }
        }
        state.withLock { $0.hasDrained = true }
        beats.ring()
        sweeps.ring()
        slots.ring()
        for round in rounds { round.cancel() }
        for round in rounds { await round.value }
        if let listener = state.withLock({ $0.listener.take() }) { store.database.announcements.ignore(listener) }
        guard let worker = state.withLock({ $0.worker.take() }) else { return }
        do throws(PostgresError) {
            try await store.retire(worker)
        } catch {
            log.write(.warning, "jobs_not_put_back", ["error": "\(error)", "next": "they are free when the lease ends"])
        }
    }

    // MARK: What there is to do

    private func heard(_ words: [String]) {
        for queue in Set(words.compactMap(JobWords.queue)) {
            for own in queues where own.queue.name == queue { own.ring() }
            notifier.notify(queue)
        }
    }

    private func listen() async {
        for await event in store.database.notifications(on: [.jobs, .jobCancellations]) {
            switch event {
            case .notified(.jobs, let queue):
                for own in queues where own.queue.name == queue { own.ring() }
            case .notified: beats.ring()
            case .mayHaveMissed:
                for own in queues { own.ring() }
                beats.ring()
            }
        }
    }

    // MARK: The lease

    /// Registers this process, and renews its lease until all that it ran has come to an end. When the lease is lost, everything that runs is cancelled, and the
    /// process begins again under another id.
    private func beat() async {
        while !state.withLock({ $0.hasDrained }) {
            if let worker = state.withLock({ $0.worker }) {
                await renew(worker)
            } else {
                await register()
            }
            let hasWorker = state.withLock { $0.worker != nil }
            await beats.wait(until: .now() + (hasWorker ? Limits.jobBeat : Limits.jobStorePauses.first))
        }
    }

    private func register() async {
        let worker = UUIDv7Generator.system.next()
        let now = MonotonicTime.now()
        do throws(PostgresError) {
            try await store.register(worker, name: name)
        } catch {
            return log.write(.warning, "worker_not_registered", ["error": "\(error)"])
        }
        state.withLock { state in
            state.worker = worker
            state.leaseEnds = now + Limits.jobLease
        }
        for queue in queues { queue.ring() }
    }

    private func renew(_ worker: UUIDv7) async {
        let now = MonotonicTime.now()
        do throws(PostgresError) {
            guard let cancelled = try await store.beat(worker) else { return lose(worker, "another process has taken it for dead") }
            state.withLock { $0.leaseEnds = now + Limits.jobLease }
            guard !cancelled.isEmpty else { return }
            let names = Set(cancelled.map(\.id))
            for queue in queues { for run in queue.runs where names.contains(run.id) { queue.interrupt(run, .cancelled) } }
        } catch {
            log.write(.warning, "lease_not_renewed", ["error": "\(error)"])
            if state.withLock({ $0.leaseEnds }) <= .now() { lose(worker, "\(error)") }
        }
    }

    private func lose(_ worker: UUIDv7, _ reason: String) {
        log.write(.error, "lease_lost", ["worker": .text(worker.description), "reason": .text(reason)])
        state.withLock { $0.worker = nil }
        for queue in queues { for run in queue.runs where run.hold.worker == worker { queue.interrupt(run, .leaseLost) } }
    }

    // MARK: What others have left

    private func sweep() async {
        while !isStopping {
            do throws(PostgresError) {
                let rescued = try await store.rescue()
                if rescued > 0 { log.write(.warning, "jobs_rescued", ["count": .number(rescued)]) }
                while try await store.purge() == Limits.jobsPerPurge, !isStopping {}
            } catch {
                log.write(.warning, "jobs_not_swept", ["error": "\(error)"])
            }
            await sweeps.wait(until: .now() + Limits.jobBeat * Double.random(in: 0.8..<1.2))
        }
    }

    private func schedule() async {
        if scheduler.schedules.isEmpty { return }
        while !isStopping {
            let pause = await scheduler.turn()
            await slots.wait(until: .now() + pause)
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }
}
