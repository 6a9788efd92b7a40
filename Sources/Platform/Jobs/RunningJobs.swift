internal import Synchronization

/// The jobs of one queue that this process runs at present.
final class RunningJobs: Sendable {
    /// Why a handler's task was cancelled.
    enum Interruption: Sendable {
        case timeout
        /// Somebody does not want it any more.
        case cancelled
        /// Somebody else may have it.
        case leaseLost
        /// The server stops; another one takes it.
        case stopping
    }

    private struct Entry {
        let run: JobRun
        var task: Task<Void, Never>?
        var interruption: Interruption?
        /// The database has been told without waiting for the handler.
        var isTakenAway = false
    }

    /// By attempt, not by job: one that was taken away may be here again while its first handler still runs.
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    var count: Int { entries.withLock { $0.count } }
    var runs: [JobRun] { entries.withLock { $0.values.map(\.run) } }

    func begin(_ run: JobRun) {
        entries.withLock { $0[ObjectIdentifier(run)] = Entry(run: run) }
    }

    /// The task may have ended by now, or have been interrupted.
    func set(_ task: Task<Void, Never>, of run: JobRun) {
        let isInterrupted = entries.withLock { entries in
            entries[ObjectIdentifier(run)]?.task = task
            return entries[ObjectIdentifier(run)]?.interruption != nil
        }
        if isInterrupted { task.cancel() }
    }

    /// Cancels the handler's task. False when it runs no more or was interrupted before.
    @discardableResult
    func interrupt(_ run: JobRun, _ interruption: Interruption) -> Bool {
        let (isFirst, task) = entries.withLock { entries -> (Bool, Task<Void, Never>?) in
            guard let entry = entries[ObjectIdentifier(run)], entry.interruption == nil else { return (false, nil) }
            entries[ObjectIdentifier(run)]?.interruption = interruption
            return (true, entry.task)
        }
        task?.cancel()
        return isFirst
    }

    /// From now on the handler's end means nothing. False when that was so before.
    func takeAway(_ run: JobRun) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[ObjectIdentifier(run)], !entry.isTakenAway else { return false }
            entries[ObjectIdentifier(run)]?.isTakenAway = true
            return true
        }
    }

    func interruption(of run: JobRun) -> Interruption? {
        entries.withLock { $0[ObjectIdentifier(run)]?.interruption }
    }

    func end(_ run: JobRun) {
        entries.withLock { $0[ObjectIdentifier(run)] = nil }
    }
}
