internal import Synchronization

/// What is sent while nobody waits for it: so many at once, and no more.
final class OutgoingMails: Sendable {
    private struct State {
        var count = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Runs `body` in a task of its own, or `otherwise` at once where there are too many.
    func add(_ body: @escaping @Sendable () async -> Void, otherwise: () -> Void) {
        let hasRoom = state.withLock { state in
            guard state.count < Limits.oneTimePasswordMails else { return false }
            state.count += 1
            return true
        }
        guard hasRoom else { return otherwise() }
        Task {
            await body()
            end()
        }
    }

    /// Returns when none is left.
    func settle() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                if state.count == 0 { return true }
                state.waiting.append(continuation)
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func end() {
        let waiting = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
