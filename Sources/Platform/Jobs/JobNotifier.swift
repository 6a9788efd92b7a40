internal import Net
internal import Postgres
internal import Synchronization

extension NotificationChannel {
    /// The payload names a queue in which jobs are ready.
    static let jobs: NotificationChannel = "switchboard_jobs"
    /// A running job is to be cancelled.
    static let jobCancellations: NotificationChannel = "switchboard_job_cancellations"
}

/// Tells other processes in which queues there are jobs: the first at once, what follows within a pause together.
final class JobNotifier: Sendable {
    private struct State {
        var queues: Set<String> = []
        var isRunning = false
    }

    private let store: JobStore
    private let loop: EventLoop
    private let state = Mutex(State())

    init(_ store: JobStore, on loop: EventLoop) {
        self.store = store
        self.loop = loop
    }

    func notify(_ queue: String) {
        let isIdle = state.withLock { state in
            state.queues.insert(queue)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isIdle { Task(executorPreference: loop) { await self.run() } }
    }

    private func run() async {
        while let queues = next() {
            // One that is lost costs its queue a poll.
            try? await store.database.batch(store.scope()) { batch in
                for queue in queues { batch.enqueue(.notify(.jobs, payload: queue)) }
            }
            try? await loop.sleep(for: Limits.jobNotifyPause)
        }
    }

    private func next() -> Set<String>? {
        state.withLock { state in
            guard !state.queues.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.queues = [] }
            return state.queues
        }
    }
}
