internal import Net
internal import Postgres
internal import Synchronization

/// Ends jobs that succeeded and wrote nothing with their completion, many in one statement: what ends while one is under way goes with the
/// next.
final class JobFinisher: Sendable {
    private struct State {
        var waiting: [JobHold] = []
        var underWay: [JobHold] = []
        var isFlushing = false
        var hasGivenUp = false
        var onEmpty: [CheckedContinuation<Void, Never>] = []
    }

    private let store: JobStore
    private let loop: EventLoop
    private let log: Log
    private let recorded: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter recorded: the database knows some more ends: what waited for them can be claimed.
    init(_ store: JobStore, on loop: EventLoop, log: Log, recorded: @escaping @Sendable () -> Void) {
        self.store = store
        self.loop = loop
        self.log = log
        self.recorded = recorded
    }

    func finish(_ hold: JobHold) {
        let isIdle = state.withLock { state in
            state.waiting.append(hold)
            defer { state.isFlushing = true }
            return !state.isFlushing
        }
        if isIdle { Task(executorPreference: loop) { await self.flush() } }
    }

    /// Those whose end the database does not know yet.
    var unfinished: [JobHold] { state.withLock { $0.underWay + $0.waiting } }

    /// Waits until the database knows all of them.
    func empty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if !state.isFlushing { return true }
                state.onEmpty.append(continuation)
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }

    /// Tries no further: what the database does not know by now goes back to others.
    func giveUp() {
        state.withLock { $0.hasGivenUp = true }
    }

    private func flush() async {
        while let holds = next(), let worker = holds.first?.worker {
            var pauses = Pauses()
            while !state.withLock({ $0.hasGivenUp }) {
                do throws(PostgresError) {
                    let ended = Set(try await store.finish(worker, holds))
                    if ended.count < holds.count {
                        // After an error of which nobody knows whether it had been committed they have ended, too.
                        log.write(.warning, "jobs_ended_by_others", ["count": .number(holds.count - ended.count)])
                    }
                    recorded()
                    break
                } catch {
                    log.write(.warning, "jobs_not_ended_yet", ["count": .number(holds.count), "error": "\(error)"])
                    try? await loop.sleep(for: pauses.next())
                }
            }
        }
    }

    /// The next ones of one worker; nil when there are none, and then somebody else flushes the next time.
    private func next() -> [JobHold]? {
        let (holds, onEmpty) = state.withLock { state -> ([JobHold]?, [CheckedContinuation<Void, Never>]) in
            state.underWay = []
            guard let first = state.waiting.first else {
                state.isFlushing = false
                defer { state.onEmpty = [] }
                return (nil, state.onEmpty)
            }
            let holds = Array(state.waiting.prefix(Limits.jobsPerFinish).prefix { $0.worker == first.worker })
            state.waiting.removeFirst(holds.count)
            state.underWay = holds
            return (holds, [])
        }
        for continuation in onEmpty { continuation.resume() }
        return holds
    }
}

/// Pauses between tries to reach the database: doubled, up to a bound.
struct Pauses {
    private var pause = Limits.jobStorePauses.first

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, Limits.jobStorePauses.longest) }
        return pause
    }
}
