internal import Synchronization

/// What committed transactions of this process have announced, for those who act on it at once: workers that wait for jobs, caches.
///
/// An announcement is heard when the commit is known, on the thread that learns of it. One may be heard though nothing was committed
/// (the connection broke during the commit), and none is when the process ends in between: a listener looks at the tables then, too.
public final class Announcements: Sendable {
    private struct State {
        var lastListener = 0
        var listeners: [Int: @Sendable ([String]) -> Void] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// - Parameter heard: takes the words of one transaction. It must not block.
    /// - Returns: what `ignore` takes.
    public func listen(_ heard: @escaping @Sendable ([String]) -> Void) -> Int {
        state.withLock { state in
            state.lastListener += 1
            state.listeners[state.lastListener] = heard
            return state.lastListener
        }
    }

    public func ignore(_ listener: Int) {
        state.withLock { state in state.listeners[listener] = nil }
    }

    func make(_ words: [String]) {
        guard !words.isEmpty else { return }
        for (_, heard) in state.withLock({ $0.listeners }) { heard(words) }
    }
}
