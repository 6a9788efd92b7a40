internal import Net

/// The way to one address: gRPC's connectivity states, the waits between attempts, and how many connections there are. Pure.
///
/// It is READY while one connection is; further ones are made when the streams of those there are run out, one at a time, under the
/// same backoff, and their failures do not show.
struct SubchannelState {
    enum Event {
        /// Somebody wants a connection, or one more.
        case wanted(at: MonotonicTime, random: Double)
        /// The server's SETTINGS have come: only that resets the backoff.
        case established
        case failed(at: MonotonicTime)
        case backoffElapsed
        /// A connection that was established takes no more streams.
        case lost
        case shutDown
        /// Whoever knows that the network is back need not wait.
        case backoffReset
    }

    enum Action: Equatable {
        case connect(timeout: Duration)
        case wait(until: MonotonicTime)
        case stopWaiting
        case report(ConnectivityState)
    }

    private(set) var state = ConnectivityState.idle
    private let mostConnections: Int
    private var backoff: BackoffSchedule
    private var established = 0
    private var isConnecting = false
    private(set) var nextAttempt: MonotonicTime?
    private var retryAt = MonotonicTime(nanoseconds: 0)

    init(_ policy: ConnectionBackoff, mostConnections: Int) {
        self.mostConnections = mostConnections
        backoff = BackoffSchedule(policy)
    }

    mutating func handle(_ event: Event) -> [Action] {
        guard state != .shutdown else { return [] }
        switch event {
        case .wanted(let now, let random):
            guard !isConnecting, nextAttempt == nil, established < mostConnections else { return [] }
            let wait = backoff.next(random: random)
            retryAt = now + wait
            isConnecting = true
            return [.connect(timeout: max(wait, backoff.policy.leastConnectTimeout))] + become(.connecting)
        case .established:
            isConnecting = false
            established += 1
            backoff.reset()
            return become(.ready)
        case .failed(let now):
            isConnecting = false
            guard now < retryAt else { return become(.transientFailure) + become(.idle) }
            nextAttempt = retryAt
            return [.wait(until: retryAt)] + become(.transientFailure)
        case .backoffElapsed:
            guard nextAttempt != nil else { return [] }
            nextAttempt = nil
            return become(.idle)
        case .lost:
            established -= 1
            return become(isConnecting ? .connecting : nextAttempt == nil ? .idle : .transientFailure)
        case .backoffReset:
            backoff.reset()
            guard nextAttempt != nil else { return [] }
            nextAttempt = nil
            return [.stopWaiting] + become(.idle)
        case .shutDown:
            state = .shutdown
            return nextAttempt == nil ? [] : [.stopWaiting]
        }
    }

    /// Tells what changed, unless a connection hides it.
    private mutating func become(_ next: ConnectivityState) -> [Action] {
        let next = established > 0 ? .ready : next
        guard next != state else { return [] }
        state = next
        return [.report(next)]
    }
}
