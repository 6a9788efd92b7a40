internal import Synchronization

extension EventLoop {
    /// Runs `body` on the loop and waits for what it returns; at once when already there.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        if isCurrent { return try body() }
        return try await withCheckedThrowingContinuation { continuation in
            execute { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Suspends the caller, without holding up the loop. Throws `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let begin: @Sendable () -> Void = { sleeper.begin(continuation, for: duration, on: self) }
                if isCurrent { begin() } else { execute(begin) }
            }
        } onCancel: {
            execute { sleeper.cancel() }
        }
    }
}

/// One sleeping task; its state is confined to the loop.
private final class Sleeper: @unchecked Sendable {
    private var continuation: CheckedContinuation<Void, any Error>?
    private var timer: Timer?
    private var isCancelled = false

    func begin(_ continuation: CheckedContinuation<Void, any Error>, for duration: Duration, on loop: EventLoop) {
        if isCancelled { return continuation.resume(throwing: CancellationError()) }
        self.continuation = continuation
        timer = loop.schedule(after: duration) { self.wake(.success(())) }
    }

    func cancel() {
        isCancelled = true
        timer?.cancel()
        wake(.failure(CancellationError()))
    }

    private func wake(_ result: Result<Void, any Error>) {
        continuation?.resume(with: result)
        continuation = nil
    }
}
