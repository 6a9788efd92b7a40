internal import Net

/// On what a database's one listening connection listens, and when it is opened. Pure: events in, actions out, time as a parameter.
///
/// Commands go one at a time. A subscriber is told that it may have missed something as soon as all its channels are listened to, and
/// again on every new connection.
struct ListenerState {
    typealias SubscriberID = ObjectIdentifier

    enum Command: Equatable {
        case listen(NotificationChannel)
        case unlisten(NotificationChannel)
        /// Nothing comes on a quiet connection, whether it lives or not: asking tells.
        case probe
    }

    enum Action: Equatable {
        case connect
        case send(Command)
        case tellMayHaveMissed(SubscriberID)
        /// The connection is no longer needed, or does not answer.
        case close
    }

    private enum Link: Equatable {
        case none
        case connecting
        case pausing(until: MonotonicTime)
        case open(lastHeard: MonotonicTime)
    }

    private struct Subscriber {
        let id: SubscriberID
        let channels: Set<NotificationChannel>
        var isLive = false
    }

    private var link = Link.none
    private var subscribers: [Subscriber] = []
    private var listened: Set<NotificationChannel> = []
    private var inFlight: Command?
    private var backoff = Backoff()
    private var actions: [Action] = []

    /// When to call `tick`; nil for never.
    var wakeAt: MonotonicTime? {
        switch link {
        case .none, .connecting: nil
        case .pausing(let until): until
        case .open(let lastHeard): lastHeard + Limits.listenerProbeInterval
        }
    }

    var isClosed: Bool { link == .none }

    mutating func takeActions() -> [Action] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Events

    mutating func subscribe(_ id: SubscriberID, _ channels: Set<NotificationChannel>, now: MonotonicTime) {
        subscribers.append(Subscriber(id: id, channels: channels))
        advance(now)
    }

    mutating func unsubscribe(_ id: SubscriberID, now: MonotonicTime) {
        subscribers.removeAll { $0.id == id }
        advance(now)
    }

    mutating func connected(now: MonotonicTime) {
        guard link == .connecting else { return }
        link = .open(lastHeard: now)
        advance(now)
    }

    /// It could not be opened, or it broke. `random` in 0..<1 spreads the next try.
    mutating func lost(now: MonotonicTime, random: Double) {
        listened = []
        inFlight = nil
        for index in subscribers.indices { subscribers[index].isLive = false }
        link = subscribers.isEmpty ? .none : .pausing(until: now + backoff.failed(random: random))
    }

    /// The server did what the last command said.
    mutating func answered(now: MonotonicTime) {
        // Only an answer shows that the server is well: one that is starting takes connections and drops them again.
        backoff.succeeded()
        link = .open(lastHeard: now)
        switch inFlight {
        case .listen(let channel): listened.insert(channel)
        case .unlisten(let channel): listened.remove(channel)
        case .probe, nil: break
        }
        inFlight = nil
        advance(now)
    }

    mutating func tick(now: MonotonicTime) {
        guard let wakeAt, wakeAt <= now else { return }
        switch link {
        case .none, .connecting: break
        case .pausing:
            link = .none
            advance(now)
        case .open:
            if inFlight == nil {
                link = .open(lastHeard: now)
                send(.probe)
            } else {
                actions.append(.close)
            }
        }
    }

    // MARK: Rules

    private mutating func advance(_ now: MonotonicTime) {
        switch link {
        case .none where !subscribers.isEmpty:
            link = .connecting
            actions.append(.connect)
        case .open where subscribers.isEmpty:
            link = .none
            listened = []
            inFlight = nil
            actions.append(.close)
        case .open:
            for index in subscribers.indices where !subscribers[index].isLive && listened.isSuperset(of: subscribers[index].channels) {
                subscribers[index].isLive = true
                actions.append(.tellMayHaveMissed(subscribers[index].id))
            }
            guard inFlight == nil else { return }
            let wanted = subscribers.reduce(into: Set<NotificationChannel>()) { $0.formUnion($1.channels) }
            if let channel = wanted.subtracting(listened).min(by: { $0.name < $1.name }) {
                link = .open(lastHeard: now)
                send(.listen(channel))
            } else if let channel = listened.subtracting(wanted).min(by: { $0.name < $1.name }) {
                link = .open(lastHeard: now)
                send(.unlisten(channel))
            }
        default: break
        }
    }

    private mutating func send(_ command: Command) {
        inFlight = command
        actions.append(.send(command))
    }
}
