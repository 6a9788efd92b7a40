import Synchronization

/// Something that happens once, and that tests wait for instead of sleeping.
final class Event: Sendable {
    private struct State {
        var hasHappened = false
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var hasHappened: Bool { state.withLock { $0.hasHappened } }

    func happen() {
        let waiting = state.withLock { state in
            state.hasHappened = true
            defer { state.waiting.removeAll() }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it has happened; throws `CancellationError` when the waiting task is cancelled before.
    func wait() async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.hasHappened { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiting[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}

/// A number that handlers count up, and its highest value: calls at once, messages sent.
final class Counter: Sendable {
    private let state = Mutex((now: 0, highest: 0))

    var value: Int { state.withLock { $0.now } }
    var highest: Int { state.withLock { $0.highest } }

    @discardableResult
    func add(_ amount: Int = 1) -> Int {
        state.withLock { state in
            state.now += amount
            state.highest = max(state.highest, state.now)
            return state.now
        }
    }
}

/// A list that handlers and interceptors write to.
final class Record<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])

    var all: [Element] { state.withLock { $0 } }

    func append(_ element: Element) {
        state.withLock { $0.append(element) }
    }
}

/// Waits for an effect in another thread that nobody announces. False after two minutes: a busy machine may take one to get round to it.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(1))
    }
    return await condition()
}
