internal import HTTP2
internal import Net

/// Keeps one connection for a channel, and lets calls wait for it. Confined to its loop.
final class Connector {
    private enum State {
        case idle
        /// The attempt that runs, if there is one already: names are resolved first.
        case connecting(HTTPClientConnection?)
        case ready(HTTPClientConnection)
    }

    /// A call that waits for a stream. Confined to the loop.
    final class Waiting {
        fileprivate var begin: ((Result<HTTPClientConnection, RPCError>) -> Void)?

        fileprivate init(_ begin: @escaping (Result<HTTPClientConnection, RPCError>) -> Void) {
            self.begin = begin
        }

        /// It waits no more, and holds nothing; its place is swept up later.
        func cancel() { begin = nil }

        /// Once: the call holds its place, and must not be held by it for longer than it waits.
        fileprivate func end(_ result: Result<HTTPClientConnection, RPCError>) {
            let begin = begin
            self.begin = nil
            begin?(result)
        }
    }

    private let target: Target
    private let configuration: Channel.Configuration
    private let loop: EventLoop
    private var state = State.idle
    private(set) var waiting: [Waiting] = []
    private var sweepAt = Connector.leastSweep
    private static let leastSweep = 128
    private var remaining: [SocketAddress] = []
    /// Told apart so that a late event of a connection that was given up changes nothing.
    private var attempt = 0

    init(target: Target, configuration: Channel.Configuration, loop: EventLoop) {
        self.target = target
        self.configuration = configuration
        self.loop = loop
    }

    var scheme: String { configuration.tls == nil ? "http" : "https" }
    var authority: String { target.authority(configuration.serverName) }

    /// Calls `begin` with a connection that has room for one stream, now or when there is one.
    @discardableResult
    func withConnection(_ begin: @escaping (Result<HTTPClientConnection, RPCError>) -> Void) -> Waiting {
        sweep()
        let call = Waiting(begin)
        waiting.append(call)
        serve()
        return call
    }

    /// Calls that gave up while no stream was free must not gather. Each sweep is paid for by as many calls.
    private func sweep() {
        guard waiting.count >= sweepAt else { return }
        waiting.removeAll { $0.begin == nil }
        sweepAt = max(Connector.leastSweep, waiting.count * 2)
    }

    func close() {
        attempt += 1
        let old = state
        state = .idle
        switch old {
        case .idle: break
        case .connecting(let connection): connection?.close()
        case .ready(let connection): connection.close()
        }
        fail(RPCError(.unavailable, "the channel was closed"))
    }

    private func serve() {
        switch state {
        case .connecting: return
        case .ready(let connection) where connection.canOpenStreams:
            // nghttp2 would queue what exceeds the server's limit out of sight: it waits here instead.
            while connection.openStreams < connection.concurrentStreams, !waiting.isEmpty {
                waiting.removeFirst().end(.success(connection))
            }
        default:
            if !waiting.isEmpty { connect() }
        }
    }

    private func connect() {
        state = .connecting(nil)
        attempt += 1
        let number = attempt
        let this = Confined(self, to: loop)
        let (target, loop) = (target, loop)
        Task(executorPreference: loop) {
            do {
                let addresses = try await target.addresses()
                loop.execute { this.value.tryNext(of: addresses, number, nil) }
            } catch {
                let text = "\(error)"
                loop.execute { this.value.gaveUp(number, text) }
            }
        }
    }

    private func tryNext(of addresses: [SocketAddress], _ number: Int, _ reason: String?) {
        guard number == attempt else { return }
        guard let address = addresses.first else { return gaveUp(number, reason ?? "the name \(target.host) has no address") }
        let rest = Array(addresses.dropFirst())
        var made: HTTPClientConnection?
        var isReady = false
        let events = HTTPClientConnection.Events(
            ready: { [weak self] in
                guard let self, number == self.attempt, let made else { return }
                isReady = true
                self.state = .ready(made)
                self.serve()
            },
            roomChanged: { [weak self] in self?.serve() },
            goingAway: { [weak self] _ in
                guard let self, number == self.attempt, isReady else { return }
                self.lost(number)
            },
            closed: { [weak self] error in
                // The connection holds its events, and they hold it.
                made = nil
                guard let self, number == self.attempt else { return }
                if isReady { self.lost(number) } else { self.tryNext(of: rest, number, "\(address): \(error)") }
            })
        do {
            made = try HTTPClientConnection(
                to: address, tls: configuration.tls, serverName: configuration.serverName ?? target.host, loop: loop,
                limits: configuration.connectionLimits, events: events)
            state = .connecting(made)
        } catch {
            tryNext(of: rest, number, "\(address): \(error)")
        }
    }

    /// The connection takes no more streams: what waits gets a new one.
    private func lost(_ number: Int) {
        attempt += 1
        state = .idle
        serve()
    }

    private func gaveUp(_ number: Int, _ reason: String) {
        guard number == attempt else { return }
        state = .idle
        fail(RPCError(.unavailable, "cannot connect to \(target.text): \(reason)"))
    }

    private func fail(_ error: RPCError) {
        let failed = waiting
        waiting.removeAll()
        for call in failed { call.end(.failure(error)) }
    }
}
