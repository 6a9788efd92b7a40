internal import Synchronization

/// What other threads may know of a channel; tells everybody who listens what its state becomes.
final class ConnectivityFeed: Sendable {
    private struct State {
        var current: Connectivity
        var listeners: [Int: AsyncStream<Connectivity>.Continuation] = [:]
        var next = 0
    }

    private let state: Mutex<State>
    /// Calls that wait for a connection or a stream.
    let waitingCalls = Atomic<Int>(0)

    init(_ current: Connectivity) {
        state = Mutex(State(current: current))
    }

    var current: Connectivity { state.withLock { $0.current } }

    /// The current state first, then every change; it ends behind SHUTDOWN. Of a listener who does not listen the oldest are dropped.
    func changes() -> AsyncStream<Connectivity> {
        AsyncStream(bufferingPolicy: .bufferingNewest(Limits.unheardStates)) { continuation in
            let id = state.withLock { state in
                state.next += 1
                state.listeners[state.next] = continuation
                continuation.yield(state.current)
                return state.next
            }
            continuation.onTermination = { _ in self.state.withLock { $0.listeners[id] = nil } }
            if current.state == .shutdown { continuation.finish() }
        }
    }

    func report(_ connectivity: Connectivity) {
        let ended = state.withLock { state in
            state.current = connectivity
            for listener in state.listeners.values { listener.yield(connectivity) }
            return connectivity.state == .shutdown ? Array(state.listeners.values) : []
        }
        for listener in ended { listener.finish() }
    }
}
