internal import Net

/// What time does to a server's connection: what is known of it in at every sweep, at most one thing to do out.
struct ConnectionLife {
    struct State {
        var now: MonotonicTime
        /// When bytes last came.
        var lastRead: MonotonicTime
        var openStreams: Int
        /// Streams that were ever opened.
        var openedStreams: Int
        /// When the header section began that is not complete.
        var fieldsSince: MonotonicTime?
        var hasAcknowledgedSettings: Bool
    }

    enum Action: Equatable {
        case end(Violation)
        /// With this as the GOAWAY's debug data.
        case drain(String)
        case ping
        /// It has not answered our PING.
        case giveUp
        /// Its calls have had their grace.
        case endCalls
    }

    private let limits: Limits
    private let age: Duration?
    private let born: MonotonicTime
    private var idleSince: MonotonicTime
    private var openedStreams = 0
    private var keepalive: Keepalive?
    private var nextKeepalive: MonotonicTime?
    private var isDraining = false
    private var finalGoAway: MonotonicTime?

    /// `jitter`, -1 to 1, moves the greatest age by up to a tenth, so that clients who came together do not come back together.
    init(limits: Limits, born: MonotonicTime, jitter: Double) {
        self.limits = limits
        self.born = born
        idleSince = born
        keepalive = Keepalive(limits.keepalive, at: born)
        nextKeepalive = limits.keepalive.time.map { born + $0 }
        age = limits.connectionAge.map { $0 + .nanoseconds(Int64(Double($0.wholeNanoseconds) * 0.1 * max(-1, min(1, jitter)))) }
    }

    /// The second GOAWAY is on its way: from now on its calls have their grace.
    mutating func sentFinalGoAway(at now: MonotonicTime) {
        finalGoAway = now
    }

    mutating func check(_ state: State) -> Action? {
        if let since = state.fieldsSince, state.now - since > limits.fieldsTimeout { return .end(.slowHeaders) }
        if !state.hasAcknowledgedSettings, state.now - born > limits.settingsTimeout { return .end(.settingsTimeout) }
        if let action = askWhetherItLives(state) { return action }
        if isDraining {
            guard let finalGoAway, let grace = limits.connectionAgeGrace, state.now - finalGoAway > grace else { return nil }
            return .endCalls
        }
        if state.openStreams > 0 || state.openedStreams != openedStreams { idleSince = state.now }
        openedStreams = state.openedStreams
        if let age, state.now - born > age { return drain("max_age") }
        if let idle = limits.connectionIdle, state.now - idleSince > idle { return drain("max_idle") }
        return nil
    }

    private mutating func drain(_ reason: String) -> Action {
        isDraining = true
        return .drain(reason)
    }

    private mutating func askWhetherItLives(_ state: State) -> Action? {
        guard let due = nextKeepalive, state.now >= due else { return nil }
        keepalive?.received(at: state.lastRead)
        switch keepalive?.wake(at: state.now, openStreams: state.openStreams) {
        case .sleep(let until):
            // Without an end: until a stream is opened, which the next sweep will see.
            nextKeepalive = until ?? state.now
            return nil
        case .ping(let wakeAt):
            nextKeepalive = wakeAt
            return .ping
        case .giveUp: return .giveUp
        case nil: return nil
        }
    }
}
