internal import Crypto
internal import Net
internal import Postgres
internal import Synchronization

/// What one process does for one queue: claims as many jobs as it has room for, runs each in a task of its own, and tells the database how
/// they ended.
final class QueueWorker: Sendable {
    let queue: JobQueue
    private let store: JobStore
    private let handlers: [String: JobHandler]
    private let kinds: [String]
    private let finisher: JobFinisher
    private let loops: [EventLoop]
    private let log: Log
    private let jobs = RunningJobs()
    /// Rings when a claim may find something.
    private let bell: Bell
    /// Rings when a job has ended while the worker stops.
    private let ended: Bell
    private let state = Mutex(State())

    private struct State {
        var lastTenant = ""
        /// The last claim got all it wanted.
        var mayHaveMore = false
        var isStopping = false
        var turn = 0
    }

    init(_ queue: JobQueue, _ store: JobStore, _ handlers: [String: JobHandler], on loops: [EventLoop], log: Log) {
        self.queue = queue
        self.store = store
        self.handlers = handlers
        kinds = handlers.keys.sorted()
        self.loops = loops
        self.log = log
        let bell = Bell(on: loops[0])
        self.bell = bell
        finisher = JobFinisher(store, on: loops[0], log: log) { bell.ring() }
        ended = Bell(on: loops[0])
    }

    var runs: [JobRun] { jobs.runs }

    func ring() { bell.ring() }

    func interrupt(_ run: JobRun, _ interruption: RunningJobs.Interruption) {
        jobs.interrupt(run, interruption)
    }

    // MARK: Claiming

    /// Until `stop`. `worker` gives the id to claim with, nil while there is none. Jobs of kinds without a handler are left to others, such
    /// as newer programs.
    func run(as worker: @Sendable () -> UUIDv7?) async {
        if kinds.isEmpty { return }
        var pauses = Pauses()
        while !state.withLock({ $0.isStopping }) {
            var room = queue.concurrency - jobs.count
            if room > 0, room < queue.concurrency / 4, state.withLock({ $0.mayHaveMore }) {
                // Short jobs end by the hundred at once: a claim for each of them would cost more than they do.
                try? await loops[0].sleep(for: Limits.jobGathering)
                room = queue.concurrency - jobs.count
            }
            room = min(room, Limits.jobsPerClaim)
            guard room > 0, let worker = worker() else {
                await bell.wait(until: .now() + Limits.jobPoll)
                continue
            }
            do throws(PostgresError) {
                let claimed = try await store.claim(
                    worker, queue, kinds: kinds, count: room, after: state.withLock { $0.lastTenant })
                pauses = Pauses()
                let mayHaveMore = claimed?.count == room
                let isStopping = state.withLock { state in
                    state.mayHaveMore = mayHaveMore
                    if let last = claimed?.last { state.lastTenant = last.hold.tenant }
                    return state.isStopping
                }
                // What is claimed and not begun goes back with all else when the worker retires.
                if isStopping { return }
                for job in claimed ?? [] {
                    if let handler = handlers[job.kind] { begin(job, handler) }
                }
                if mayHaveMore { continue }
                await bell.wait(until: .now() + Limits.jobPoll * Double.random(in: 0.8..<1.2))
            } catch {
                log.write(.warning, "jobs_not_claimed", ["queue": .text(queue.name), "error": "\(error)"])
                await disown(worker, &pauses)
            }
        }
    }

    /// After a claim of which nobody knows whether it took place: what the database thinks is here, and is not, goes back.
    private func disown(_ worker: UUIDv7, _ pauses: inout Pauses) async {
        while !state.withLock({ $0.isStopping }) {
            await bell.wait(until: .now() + pauses.next())
            let known = jobs.runs.map(\.id) + finisher.unfinished.map(\.id)
            do throws(PostgresError) {
                return try await store.putBack(worker, queue: queue.name, butFor: known)
            } catch {
                log.write(.warning, "jobs_not_put_back", ["queue": .text(queue.name), "error": "\(error)"])
            }
        }
    }

    // MARK: Running

    private func begin(_ job: ClaimedJob, _ handler: JobHandler) {
        let turn = state.withLock { state in
            state.turn &+= 1
            return state.turn
        }
        let loop = loops[turn % loops.count]
        let run = JobRun(job, deadline: .now() + handler.timeout, store.database, clock: store.clock)
        jobs.begin(run)
        let executor: any TaskExecutor = handler.isHeavy ? WorkerPool.shared : loop
        let task = Task(executorPreference: executor) {
            await self.perform(job, run, handler, loop)
            self.end(run)
        }
        jobs.set(task, of: run)
    }

    private func end(_ run: JobRun) {
        jobs.end(run)
        let (mayHaveMore, isStopping) = state.withLock { ($0.mayHaveMore, $0.isStopping) }
        if mayHaveMore { bell.ring() }
        if isStopping { ended.ring() }
    }

    private func perform(_ job: ClaimedJob, _ run: JobRun, _ handler: JobHandler, _ loop: EventLoop) async {
        let alarm = Alarm(on: loop, at: run.deadline) { [weak self] in self?.timeOut(run, handler, loop) }
        let failure: (any Error)?
        do {
            try await handler.run(job.payload, run)
            failure = nil
        } catch {
            failure = error
        }
        alarm.off()
        guard jobs.takeAway(run) else { return }
        if run.isCompleted {
            // Its end may be what others wait for: those behind it in a sequence, or behind a cap.
            bell.ring()
        } else if let failure {
            await fail(run, failure, handler)
        } else if run.hasReply {
            await persist(run) { () throws in try await run.record(as: self.store.scope(tenant: run.tenant)) }
        } else {
            finisher.finish(run.hold)
        }
    }

    /// Cancels the task, and takes the job from a handler that does not care.
    private func timeOut(_ run: JobRun, _ handler: JobHandler, _ loop: EventLoop) {
        jobs.interrupt(run, .timeout)
        _ = Alarm(on: loop, at: .now() + Limits.jobCancelGrace) { [weak self] in
            guard let self, self.jobs.takeAway(run) else { return }
            self.log.write(.error, "job_ignores_cancellation", ["job": .text(run.id.description), "kind": .text(run.kind)])
            Task(executorPreference: loop) { await self.fail(run, CancellationError(), handler, isTimeout: true) }
        }
    }

    /// - Parameter isTimeout: its time is over, though the handler may have ended since.
    private func fail(_ run: JobRun, _ error: any Error, _ handler: JobHandler, isTimeout: Bool = false) async {
        let interruption = jobs.interruption(of: run)
        switch interruption {
        // Others have it, or get it when this worker retires.
        case .leaseLost, .stopping: return
        case .timeout, .cancelled, nil: break
        }
        if case JobError.leaseLost = error { return note(run, "job_lost", .warning, error, "") }
        let verdict = JobVerdict(
            error, as: handler.classify(error), isTimeout: isTimeout || interruption == .timeout, attempt: run.attempt,
            allowed: run.attemptsAllowed,
            retries: handler.retries, random: Double.random(in: 0..<1))
        await persist(run) { () throws in
            guard try await self.store.fail(run.hold, verdict) else { throw JobError.leaseLost }
        }
        switch verdict.next {
        case .again(let pause): note(run, "job_failed", .warning, error, "again after \(pause)")
        case .dead: note(run, "job_dead", .error, error, "dead letter")
        case .later: break
        }
    }

    /// Tells the database until it has heard it: a job nobody speaks of any more would run for ever. In a task that nobody cancels; once also
    /// while the worker stops.
    private func persist(_ run: JobRun, _ tell: @escaping @Sendable () async throws -> Void) async {
        await Task(executorPreference: loops[0]) {
            var pauses = Pauses()
            repeat {
                do {
                    return try await tell()
                } catch JobError.leaseLost {
                    return self.note(run, "job_lost", .warning, JobError.leaseLost, "")
                } catch {
                    self.note(run, "job_not_recorded", .warning, error, "tried again")
                    try? await self.loops[0].sleep(for: pauses.next())
                }
            } while self.jobs.interruption(of: run) != .leaseLost && self.jobs.interruption(of: run) != .stopping
        }.value
    }

    private func note(_ run: JobRun, _ event: String, _ level: Log.Level, _ error: any Error, _ next: String) {
        log.write(
            level, event,
            [
                "job": .text(run.id.description), "kind": .text(run.kind), "tenant": .text(run.tenant), "attempt": .number(run.attempt),
                "next": .text(next), "error": "\(error)",
            ])
    }

    // MARK: Stopping

    /// Claims nothing more.
    func close() {
        state.withLock { $0.isStopping = true }
        bell.ring()
    }

    /// Waits for what runs until `deadline`, then cancels it and waits a little more.
    func drain(until deadline: MonotonicTime) async {
        await whileRunning(until: deadline)
        for run in jobs.runs { jobs.interrupt(run, .stopping) }
        await whileRunning(until: .now() + Limits.jobCancelGrace)
        // Those that have succeeded and of whose end the database does not know would run twice: it is worth some patience.
        let patience = Alarm(on: loops[0], at: .now() + Limits.jobCancelGrace) { [finisher] in finisher.giveUp() }
        await finisher.empty()
        patience.off()
    }

    private func whileRunning(until deadline: MonotonicTime) async {
        while jobs.count > 0, .now() < deadline { await ended.wait(until: deadline) }
    }
}
