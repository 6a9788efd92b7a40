internal import Net
internal import Synchronization

/// Wakes the one task that waits for it, or the next time it would wait. Rings that nobody has heard yet are one.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let loop: EventLoop
    private let state = Mutex(State())

    init(on loop: EventLoop) {
        self.loop = loop
    }

    func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter.take() else {
                state.isRung = true
                return nil
            }
            return waiter
        }
        waiter?.resume()
    }

    /// Until it rings, or until `time`.
    func wait(until time: MonotonicTime = .distantFuture) async {
        // An alarm that is switched off too late is a ring that nobody caused: whoever wakes looks for himself.
        let alarm = time < .distantFuture ? Alarm(on: loop, at: time) { [weak self] in self?.ring() } : nil
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                if state.isRung {
                    state.isRung = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if isRung { continuation.resume() }
        }
        alarm?.off()
    }
}
