internal import HTTP2
internal import Net
internal import TLS

/// The connections to one address, made, held and given up as `SubchannelState` says. Confined to its loop.
final class Subchannel {
    let address: SocketAddress
    private let settings: ConnectionSettings
    private let loop: EventLoop
    /// Told of every change; cut by `release`, so that the two may hold each other.
    private var owner: Transport?
    private var machine: SubchannelState
    private var timer: Timer?
    private var lastID = 0
    private var attempt: (id: Int, connection: HTTPClientConnection?)?
    /// Those that take streams, the oldest first: what is no longer needed is a later one.
    private var open: [(id: Int, connection: HTTPClientConnection)] = []
    /// Those whose streams are left to end.
    private var leaving: [(id: Int, connection: HTTPClientConnection)] = []
    /// Of the last attempt that failed, or the last connection that was lost.
    private(set) var failure: ConnectionFailure?

    init(_ address: SocketAddress, _ settings: ConnectionSettings, loop: EventLoop, owner: Transport) {
        self.address = address
        self.settings = settings
        self.loop = loop
        self.owner = owner
        machine = SubchannelState(settings.backoff, mostConnections: settings.connectionsPerAddress)
    }

    var state: ConnectivityState { machine.state }
    var nextAttempt: MonotonicTime? { machine.nextAttempt }
    var connectionCount: Int { open.count + leaving.count }
    var streamCount: Int { open.reduce(0) { $0 + $1.connection.openStreams } }

    /// A connection on which one more stream may be opened now.
    func connectionWithRoom() -> HTTPClientConnection? {
        for index in open.indices where open[index].connection.hasRoom { return open[index].connection }
        return nil
    }

    /// Makes a connection, or one more, when there may be one and none is on its way.
    func connect() {
        perform(machine.handle(.wanted(at: loop.now, random: settings.random())))
    }

    func resetBackoff() { perform(machine.handle(.backoffReset)) }

    /// Closes connections beyond the first that carry nothing.
    func closeSurplus() {
        for entry in open.dropFirst() where entry.connection.openStreams == 0 { entry.connection.close() }
    }

    /// No new call goes here. Calls in flight go on, unless all is to end `now`.
    func release(now: Bool) {
        owner = nil
        perform(machine.handle(.shutDown))
        attempt?.connection?.close()
        attempt = nil
        let all = open + leaving
        open = []
        leaving = now ? [] : all
        for entry in all {
            if now { entry.connection.close() } else { entry.connection.drain() }
        }
    }

    private func perform(_ actions: [SubchannelState.Action]) {
        for action in actions {
            switch action {
            case .connect(let timeout): begin(timeout)
            case .wait(let until):
                timer = loop.schedule(at: until) { self.perform(self.machine.handle(.backoffElapsed)) }
            case .stopWaiting: timer?.cancel()
            case .report(let state): owner?.subchannel(self, became: state)
            }
        }
    }

    private func begin(_ timeout: Duration) {
        lastID += 1
        let id = lastID
        let events = HTTPClientConnection.Events(
            ready: { self.established(id) },
            roomChanged: { self.owner?.roomChanged() },
            goingAway: { self.goingAway(id, $0) },
            closed: { self.closed(id, $0) })
        attempt = (id, nil)
        do {
            let tls = settings.tls()
            let connection = try HTTPClientConnection(
                to: address, tls: tls, serverName: settings.serverName(address), loop: loop, limits: settings.limits,
                connectTimeout: timeout, keepalive: owner?.keepalive ?? .off, events: events)
            attempt = (id, connection)
        } catch {
            // Not at once: whoever asked for the connection is still about to note that it connects.
            let this = Confined(self, to: loop)
            loop.execute { this.value.closed(id, error) }
        }
    }

    private func established(_ id: Int) {
        guard let attempt, attempt.id == id, let connection = attempt.connection else { return }
        self.attempt = nil
        open.append((id, connection))
        let wasReady = machine.state == .ready
        perform(machine.handle(.established))
        if wasReady { owner?.roomChanged() }
    }

    private func goingAway(_ id: Int, _ reason: HTTP2Error) {
        guard let index = open.firstIndex(where: { $0.id == id }) else { return }
        owner?.noteGoAway(reason)
        let entry = open.remove(at: index)
        leaving.append(entry)
        lost(entry.connection, reason)
    }

    private func closed(_ id: Int, _ reason: HTTP2Error) {
        leaving.removeAll { $0.id == id }
        if let attempt, attempt.id == id {
            self.attempt = nil
            failure = ConnectionFailure(address: address, error: reason, isReady: false)
            perform(machine.handle(.failed(at: loop.now)))
        } else if let index = open.firstIndex(where: { $0.id == id }) {
            lost(open.remove(at: index).connection, reason)
        }
    }

    private func lost(_ connection: HTTPClientConnection, _ reason: HTTP2Error) {
        failure = ConnectionFailure(address: address, error: reason, isReady: true)
        perform(machine.handle(.lost(at: loop.now, served: connection.hasServed)))
    }
}

/// What all connections of a channel are made with.
struct ConnectionSettings {
    let limits: HTTP2.Limits
    let backoff: ConnectionBackoff
    let connectionsPerAddress: Int
    /// Asked for each connection: a reloaded context serves the next one.
    let tls: () -> TLSContext?
    let serverName: (SocketAddress) -> String
    /// From 0 up to 1.
    let random: () -> Double
}

/// Why an address has no connection.
struct ConnectionFailure {
    let address: SocketAddress
    let error: HTTP2Error
    /// It had stood.
    let isReady: Bool

    var cause: RPCError.Cause { RPCError.Cause(RPCError.Cause.Kind(error, isReady: isReady), address: address) }

    var sentence: String {
        let text = "\(error)"
        return text.contains("\(address)") ? text : "\(address): \(text)"
    }
}
