internal import Net
internal import Postgres
internal import Synchronization

/// Tells other processes on a channel that there is something to do: the first time at once, what follows within a pause together.
final class PacedNotifier: Sendable {
    private struct State {
        var payloads: Set<String> = []
        var isRunning = false
    }

    private let channel: NotificationChannel
    private let database: Database
    private let loop: EventLoop
    private let patience: Duration
    private let state = Mutex(State())

    init(_ channel: NotificationChannel, of database: Database, on loop: EventLoop, patience: Duration = Limits.notifyPatience) {
        self.channel = channel
        self.database = database
        self.loop = loop
        self.patience = patience
    }

    /// - Parameter payload: at most some dozen different ones, such as the names of queues.
    func notify(_ payload: String) {
        let isIdle = state.withLock { state in
            state.payloads.insert(payload)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isIdle { Task(executorPreference: loop) { await self.run() } }
    }

    private func run() async {
        while let payloads = next() {
            let scope = Scope(tenant: nil, caller: "notifier", requestID: "notifier", deadline: .now() + patience)
            // One that is lost costs its listeners a poll.
            try? await database.batch(scope) { batch in
                for payload in payloads { batch.enqueue(.notify(channel, payload: payload)) }
            }
            try? await loop.sleep(for: Limits.notifyPause)
        }
    }

    private func next() -> Set<String>? {
        state.withLock { state in
            guard !state.payloads.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.payloads = [] }
            return state.payloads
        }
    }
}
