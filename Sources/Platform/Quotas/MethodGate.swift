internal import Net
internal import RPC
internal import Synchronization

/// What the calls of one method pass, on all loops: so many at once, and the others in order.
final class MethodGate: Sendable {
    /// How far one that waits has come.
    private enum Waiter {
        /// It is about to wait.
        case coming
        case waiting(CheckedContinuation<Void, any Error>)
        /// What it waits for has happened before it could.
        case settled(Result<Void, any Error>)
    }

    private struct State {
        var queue: ConcurrencyQueue<Int>
        var number = 0
        var waiters: [Int: Waiter] = [:]

        /// Gives whom to wake.
        mutating func settle(_ id: Int, _ result: Result<Void, any Error>) -> CheckedContinuation<Void, any Error>? {
            if case .waiting(let continuation) = waiters[id] {
                waiters[id] = nil
                return continuation
            }
            waiters[id] = .settled(result)
            return nil
        }
    }

    private let name: String
    private let most: Int
    private let state: Mutex<State>

    init(_ name: String, most: Int) {
        self.name = name
        self.most = most
        state = Mutex(State(queue: ConcurrencyQueue(most: most, mostWaiting: most * Limits.callsWaitingForOne)))
    }

    var counts: (running: Int, waiting: Int) { state.withLock { ($0.queue.running, $0.queue.waitingCount) } }

    /// Returns when it is the call's turn: then `leave` has to follow. Throws when it cannot be, or the task was cancelled.
    func enter(deadline: MonotonicTime?, at now: MonotonicTime) async throws {
        let (id, decision) = state.withLock { state in
            state.number += 1
            let decision = state.queue.enter(state.number, deadline: deadline, at: now)
            if decision == .wait { state.waiters[state.number] = .coming }
            return (state.number, decision)
        }
        switch decision {
        case .run: return
        case .refuse(let wait): throw refusal(wait)
        case .wait: try await wait(id)
        }
    }

    private func wait(_ id: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled: Result<Void, any Error>? = state.withLock { state in
                    guard case .settled(let result) = state.waiters[id] else {
                        state.waiters[id] = .waiting(continuation)
                        return nil
                    }
                    state.waiters[id] = nil
                    return result
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                // Whose turn has come runs, and hears of it by itself.
                state.queue.cancel(id) ? state.settle(id, .failure(CancellationError())) : nil
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    func leave(after duration: Duration, at now: MonotonicTime) {
        let tooLate = RPCError(reason: .deadlineExceeded, "The deadline passed before it was the call's turn.")
        let (next, late) = state.withLock { state in
            let (next, late) = state.queue.leave(after: duration, at: now)
            return (next.flatMap { state.settle($0, .success(())) }, late.compactMap { state.settle($0, .failure(tooLate)) })
        }
        next?.resume()
        for waiter in late { waiter.resume(throwing: tooLate) }
    }

    private func refusal(_ wait: Duration) -> RPCError {
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        return RPCError(
            reason: .concurrencyLimit,
            "As many calls of \(name) run as may, \(most), and a turn would come too late. Try again in \(seconds) s."
        ).tryAgain(after: .seconds(seconds))
    }
}
