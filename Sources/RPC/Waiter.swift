internal import Net

/// A task that waits for something on a loop, and may be cancelled meanwhile. Confined to that loop, besides `value`.
final class Waiter<Value: Sendable>: @unchecked Sendable {
    private var continuation: CheckedContinuation<Result<Value, RPCError>, Never>?
    private var early: Result<Value, RPCError>?
    private var isDone = false

    /// Suspends the caller; `begin` then runs on the loop, and `onCancel` too, when the task is cancelled.
    func value(
        on loop: EventLoop, _ begin: @escaping @Sendable () -> Void, onCancel: @escaping @Sendable () -> Void
    ) async throws(RPCError) -> Value {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let start: @Sendable () -> Void = {
                    self.attach(continuation)
                    if !self.isDone { begin() }
                }
                if loop.isCurrent { start() } else { loop.execute(start) }
            }
        } onCancel: {
            loop.execute(onCancel)
        }
        return try result.get()
    }

    private func attach(_ continuation: CheckedContinuation<Result<Value, RPCError>, Never>) {
        if let early {
            continuation.resume(returning: early)
        } else {
            self.continuation = continuation
        }
    }

    /// The first result counts.
    func resume(_ result: Result<Value, RPCError>) {
        guard !isDone else { return }
        isDone = true
        if let continuation {
            self.continuation = nil
            continuation.resume(returning: result)
        } else {
            early = result
        }
    }
}
