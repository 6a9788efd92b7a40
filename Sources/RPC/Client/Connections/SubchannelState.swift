internal import Net

/// The way to one address: gRPC's connectivity states, the waits between attempts, and how many connections there are. Pure.
///
/// It is READY while one connection is; further ones are made when the streams of those there are run out, one at a time, under the
/// same backoff, and their failures do not show. A connection that stood resets the backoff, unless those before it were lost, one after
/// the other, before they were of any use.
struct SubchannelState {
    enum Event {
        /// Somebody wants a connection, or one more.
        case wanted(at: MonotonicTime, random: Double)
        /// The server's SETTINGS have come.
        case established
        case failed(at: MonotonicTime)
        case backoffElapsed
        /// A connection that was established takes no more streams; `served` says whether a call has ended well on it.
        case lost(at: MonotonicTime, served: Bool)
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
    /// Connections in a row that stood, and were lost before they were of any use.
    private var fruitless = 0
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
            if fruitless > SubchannelState.forgiven, now < retryAt { return waitToRetry() }
            let wait = backoff.next(random: random)
            retryAt = now + wait
            isConnecting = true
            return [.connect(timeout: max(wait, backoff.policy.leastConnectTimeout))] + become(.connecting)
        case .established:
            isConnecting = false
            established += 1
            if fruitless == 0 { backoff.reset() }
            return become(.ready)
        case .failed(let now):
            isConnecting = false
            return now < retryAt ? waitToRetry() : become(.transientFailure) + become(.idle)
        case .backoffElapsed:
            guard nextAttempt != nil else { return [] }
            nextAttempt = nil
            return become(.idle)
        case .lost(let now, let served):
            established -= 1
            fruitless = served || now >= retryAt ? 0 : fruitless + 1
            if fruitless == 0 { backoff.reset() }
            if fruitless > SubchannelState.forgiven, !isConnecting, nextAttempt == nil { return waitToRetry() }
            return become(isConnecting ? .connecting : nextAttempt == nil ? .idle : .transientFailure)
        case .backoffReset:
            backoff.reset()
            fruitless = 0
            guard nextAttempt != nil else { return [] }
            nextAttempt = nil
            return [.stopWaiting] + become(.idle)
        case .shutDown:
            state = .shutdown
            return nextAttempt == nil ? [] : [.stopWaiting]
        }
    }

    /// One lost connection may have met a server that was about to stop. Who goes on like that would be connected to without a pause.
    private static let forgiven = 1

    private mutating func waitToRetry() -> [Action] {
        nextAttempt = retryAt
        return [.wait(until: retryAt)] + become(.transientFailure)
    }

    /// Tells what changed, unless a connection hides it.
    private mutating func become(_ next: ConnectivityState) -> [Action] {
        let next = established > 0 ? .ready : next
        guard next != state else { return [] }
        state = next
        return [.report(next)]
    }
}
