internal import Synchronization

/// One consumer's events between the listener's loop and the consumer's task.
final class Subscription: Sendable {
    private struct State {
        var events: [Notification] = []
        var waiter: CheckedContinuation<Notification?, Never>?
        var isFinished = false
    }

    let channels: Set<NotificationChannel>
    private let state = Mutex(State())

    init(_ channels: Set<NotificationChannel>) {
        self.channels = channels
    }

    /// One that does not fit takes all others with it: the consumer will read the tables anyway.
    func offer(_ event: Notification) {
        let waiter: CheckedContinuation<Notification?, Never>? = state.withLock { state in
            if state.isFinished { return nil }
            if let waiter = state.waiter.take() { return waiter }
            if state.events.count == Limits.bufferedNotifications {
                state.events = [.mayHaveMissed]
            } else if event != .mayHaveMissed || state.events.last != .mayHaveMissed {
                state.events.append(event)
            }
            return nil
        }
        waiter?.resume(returning: event)
    }

    /// What is buffered can still be taken.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
    }

    func next() async -> Notification? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event: Notification?? = state.withLock { state in
                    if !state.events.isEmpty { return state.events.removeFirst() }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return .none
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            finish()
        }
    }
}
