internal import Net

/// A task that waits for something on a loop, and may be cancelled meanwhile: for a message's bytes, or for a moment, which brings nil.
/// Confined to that loop, besides `value`.
///
/// Not generic: to free an object whose layout depends on a type costs as much as the rest of it.
@safe
final class Waiter: @unchecked Sendable {
    typealias Outcome = Result<[UInt8]?, RPCError>
    /// Resumed once, since `isDone` is.
    private var continuation: UnsafeContinuation<Outcome, Never>?
    private var early: Outcome?
    private var isDone = false

    /// Suspends the caller; `begin` then runs on the loop, and `onCancel` too, when the task is cancelled.
    func value(
        on loop: EventLoop, _ begin: @escaping @Sendable () -> Void, onCancel: @escaping @Sendable () -> Void
    ) async throws(RPCError) -> [UInt8]? {
        let outcome = await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                if loop.isCurrent {
                    unsafe self.attach(continuation, begin)
                } else {
                    loop.execute { unsafe self.attach(continuation, begin) }
                }
            }
        } onCancel: {
            loop.execute(onCancel)
        }
        return try outcome.get()
    }

    private func attach(_ continuation: UnsafeContinuation<Outcome, Never>, _ begin: () -> Void) {
        if let early { return unsafe continuation.resume(returning: early) }
        unsafe self.continuation = continuation
        begin()
    }

    /// The first outcome counts.
    func resume(_ outcome: Outcome) {
        guard !isDone else { return }
        isDone = true
        guard let continuation = unsafe continuation else { return early = outcome }
        unsafe self.continuation = nil
        unsafe continuation.resume(returning: outcome)
    }

    /// The moment has come.
    func resume() { resume(.success(nil)) }
}
