internal import HTTP2
internal import Net
internal import Synchronization
internal import TLS

/// What a channel is on its loop: a name's addresses, the ways to them, and the calls that wait for one. Confined to the loop.
final class Transport {
    let target: Target
    let configuration: Channel.Configuration
    let loop: EventLoop
    let feed = ConnectivityFeed(Connectivity(.idle, "no call has been made yet"))
    let requestFields: RequestFields
    private(set) var keepalive: Keepalive.Policy
    var throttle: RetryThrottle?
    /// Held by all calls together to be sent again.
    var replayBytes = 0

    private var state = ConnectivityState.idle
    private let settings: ConnectionSettings
    private var balancer: any Balancer
    private var resolution: ResolutionSchedule
    private var subchannels: [SocketAddress: Subchannel] = [:]
    /// No calls go there any more, and some have not ended.
    private var released: [Subchannel] = []
    /// Where calls go, in turn.
    private var ready: [Subchannel] = []
    private var turn = 0
    private var waiting = CallQueue<ClientCall>()
    /// Calls that are neither in the queue nor on a connection: their credentials are fetched, or they wait to be tried again.
    private var aside = CallQueue<ClientCall>()
    private var calls = 0
    private var lastCall: MonotonicTime
    private var hasAddresses = false
    private var lookUpFailure: RPCError?
    private var idleTimer: Timer?
    private var attemptTimer: Timer?
    private var resolutionTimer: Timer?
    /// Tells an answer that nobody waits for any more.
    private var lookUps = 0

    init(target: Target, configuration: Channel.Configuration, loop: EventLoop) {
        self.target = target
        self.configuration = configuration
        self.loop = loop
        requestFields = RequestFields(
            scheme: configuration.tlsForNextConnection == nil ? "http" : "https", authority: target.authority(configuration.serverName),
            userAgent: configuration.userAgentField)
        keepalive = configuration.keepalive
        if let time = keepalive.time { keepalive.time = max(time, configuration.limits.leastKeepaliveTime) }
        throttle = configuration.retryThrottling.map { RetryThrottle($0) }
        balancer = configuration.balancing.make()
        resolution = ResolutionSchedule(leastInterval: configuration.limits.leastResolutionInterval, backoff: configuration.backoff)
        lastCall = MonotonicTime(nanoseconds: 0)
        settings = ConnectionSettings(
            limits: configuration.connectionLimits, backoff: configuration.backoff,
            connectionsPerAddress: max(1, configuration.limits.connectionsPerAddress),
            tls: { configuration.tlsForNextConnection?() },
            serverName: { configuration.serverName ?? target.serverName(for: $0) }, random: configuration.random)
    }

    var isSecure: Bool { configuration.tlsForNextConnection != nil }

    // MARK: Calls

    func callBegins() { calls += 1 }

    func callEnded() {
        calls -= 1
        lastCall = loop.now
    }

    /// Gives the call a connection, now or when there is one, or refuses it.
    func assign(_ call: ClientCall) {
        switch state {
        case .ready:
            if waiting.isEmpty, let connection = pick() { return call.open(on: connection) }
            enqueue(call)
            askForRoom()
        case .connecting: enqueue(call)
        case .idle:
            enqueue(call)
            leaveIdle()
        case .transientFailure:
            if call.waitsForReady { enqueue(call) } else { call.refuse(unavailable) }
        case .shutdown: call.refuse(RPCError(.unavailable, "the channel to \(target.text) was closed", .channelClosed))
        }
    }

    private func enqueue(_ call: ClientCall) {
        let limit = configuration.limits.waitingCalls
        guard waiting.count < limit else {
            return call.refuse(
                RPCError(
                    .resourceExhausted,
                    "\(limit) calls wait for a connection to \(target.text) already, which is the limit (\(waitReason))",
                    .queueFull(limit: limit)))
        }
        call.queued(waiting.append(call))
        countWaiting()
    }

    func withdraw(_ ticket: CallQueue<ClientCall>.Ticket) {
        waiting.remove(ticket)
        countWaiting()
    }

    func stepsAside(_ call: ClientCall) -> CallQueue<ClientCall>.Ticket { aside.append(call) }

    func comesBack(_ ticket: CallQueue<ClientCall>.Ticket) { aside.remove(ticket) }

    private func countWaiting() { feed.waitingCalls.store(waiting.count, ordering: .relaxed) }

    private func pick() -> HTTPClientConnection? {
        if ready.count == 1 { return ready[0].connectionWithRoom() }
        for _ in ready.indices {
            turn = (turn + 1) % ready.count
            if let connection = ready[turn].connectionWithRoom() { return connection }
        }
        return nil
    }

    private func serve() {
        guard !waiting.isEmpty else { return }
        while !waiting.isEmpty, let connection = pick() {
            guard let call = waiting.popFirst() else { break }
            call.open(on: connection)
        }
        countWaiting()
        if !waiting.isEmpty { askForRoom() }
    }

    /// All streams are taken: one connection more to each address, unless there are enough.
    private func askForRoom() {
        for subchannel in ready { subchannel.connect() }
    }

    /// What a call waits for, in half a sentence.
    var waitReason: String {
        switch state {
        case .ready: "every stream that the server allows is in use on \(ready.reduce(0) { $0 + $1.connectionCount }) connections"
        case .transientFailure: unavailable.message
        default: "the channel is \(state)"
        }
    }

    /// What a call fails with that does not wait for ready.
    private var unavailable: RPCError {
        let failures = subchannels.values.compactMap(\.failure).sorted { "\($0.address)" < "\($1.address)" }
        guard let first = failures.first else {
            return lookUpFailure ?? RPCError(.unavailable, "there is no connection to \(target.text)")
        }
        var text = failures.prefix(Limits.namedFailures).map(\.sentence).joined(separator: "; ")
        if failures.count > Limits.namedFailures { text += "; and \(failures.count - Limits.namedFailures) more" }
        return RPCError(.unavailable, "cannot connect to \(target.text): \(text)", cause: first.cause)
    }

    // MARK: States

    /// Begins to connect, when nobody has before.
    func leaveIdle() {
        guard state == .idle else { return }
        set(.connecting, "a call, or somebody else, wants a connection")
        startIdleTimer()
        if let addresses = target.fixedAddresses(configuration.names) {
            if hasAddresses { perform(balancer.handle(.exitIdle)) } else { resolved(addresses) }
        } else {
            if hasAddresses { perform(balancer.handle(.exitIdle)) }
            resolve()
        }
    }

    /// Closes connections that carry nothing and stops trying to make others.
    func enterIdle(_ reason: String) {
        guard state != .idle, state != .shutdown else { return }
        dismantle(now: false)
        set(.idle, reason)
        if !waiting.isEmpty { leaveIdle() }
    }

    func close() {
        guard state != .shutdown else { return }
        dismantle(now: true)
        set(.shutdown, "the channel was closed")
        let error = RPCError(.unavailable, "the channel to \(target.text) was closed", .channelClosed)
        refuseWaiting(error) { _ in true }
        for call in aside.removeAll() { call.giveUp(error) }
    }

    func resetBackoff() {
        for subchannel in subchannels.values { subchannel.resetBackoff() }
    }

    private func dismantle(now: Bool) {
        lookUps += 1
        for timer in [idleTimer, attemptTimer, resolutionTimer] { timer?.cancel() }
        resolution.stop()
        let all = subchannels.values
        subchannels = [:]
        ready = []
        balancer = configuration.balancing.make()
        hasAddresses = false
        for subchannel in all { release(subchannel) }
        if now { for subchannel in released { subchannel.release(now: true) } }
    }

    private func release(_ subchannel: Subchannel) {
        subchannel.release(now: false)
        released.removeAll { $0.connectionCount == 0 }
        if subchannel.connectionCount > 0 { released.append(subchannel) }
    }

    private func set(_ next: ConnectivityState, _ reason: String, cause: RPCError.Cause? = nil) {
        let isNews = next != state || next == .transientFailure
        state = next
        guard isNews else { return }
        let nextAttempt = next == .transientFailure ? subchannels.values.compactMap(\.nextAttempt).min() : nil
        feed.report(Connectivity(next, reason, cause: cause, nextAttempt: nextAttempt))
    }

    private func report(_ next: ConnectivityState, to addresses: [SocketAddress]) {
        ready = addresses.compactMap { subchannels[$0] }
        switch next {
        case .ready:
            set(.ready, "connected to \(addresses.map(\.description).joined(separator: ", "))")
            serve()
        case .transientFailure:
            let error = unavailable
            set(.transientFailure, error.message, cause: error.cause)
            refuseWaiting(error) { !$0.waitsForReady }
        case .idle:
            let lost = subchannels.values.compactMap(\.failure).first
            set(.idle, "the connection was lost: \(lost?.sentence ?? "closed")", cause: lost?.cause)
            if !waiting.isEmpty { leaveIdle() }
        default: set(next, "connecting to \(target.text)")
        }
    }

    private func refuseWaiting(_ error: RPCError, _ matches: (ClientCall) -> Bool) {
        let refused = waiting.removeAll(where: matches)
        countWaiting()
        for call in refused { call.refuse(error) }
    }

    // MARK: Addresses

    private func resolve() {
        guard target.fixedAddresses(configuration.names) == nil, state != .idle, state != .shutdown else { return }
        perform(resolution.want(at: loop.now))
    }

    private func perform(_ action: ResolutionSchedule.Action?) {
        switch action {
        case nil: break
        case .wait(let until):
            resolutionTimer = loop.schedule(at: until) { self.perform(self.resolution.due(at: self.loop.now)) }
        case .lookUp: lookUp()
        }
    }

    private func lookUp() {
        guard case .name(let host, let port) = target.place else { return }
        lookUps += 1
        let number = lookUps
        let this = Confined(self, to: loop)
        let (loop, find) = (loop, configuration.lookUp)
        Task(executorPreference: loop) {
            let result: Result<[SocketAddress], any Error>
            do {
                if let find {
                    result = .success(try await find(host, port))
                } else {
                    result = .success(try await Resolver.resolve(host, port: port))
                }
            } catch {
                result = .failure(error)
            }
            loop.execute { this.value.lookedUp(result, number) }
        }
    }

    private func lookedUp(_ result: Result<[SocketAddress], any Error>, _ number: Int) {
        guard number == lookUps else { return }
        do {
            let addresses = try result.get()
            guard !addresses.isEmpty else { throw NetError.resolution(name: target.serverName(for: nil), reason: "it has no address") }
            resolution.succeeded()
            lookUpFailure = nil
            resolved(Array(addresses.prefix(Limits.addresses)))
        } catch {
            lookUpFailed(error)
        }
    }

    private func resolved(_ addresses: [SocketAddress]) {
        hasAddresses = true
        perform(balancer.handle(.addresses(addresses)))
    }

    /// Addresses that were known before go on; without any the channel has failed, until the name is found.
    private func lookUpFailed(_ error: any Error) {
        let text = (error as? NetError).map { "\($0)" } ?? "cannot resolve \(target.serverName(for: nil)): \(error)"
        let failure = RPCError(.unavailable, "cannot connect to \(target.text): \(text)", .resolution(name: target.serverName(for: nil)))
        lookUpFailure = failure
        perform(resolution.failed(at: loop.now, random: configuration.random()))
        guard !hasAddresses else { return }
        set(.transientFailure, failure.message, cause: failure.cause)
        refuseWaiting(failure) { !$0.waitsForReady }
    }

    // MARK: From the balancer and the subchannels

    private func perform(_ actions: [BalancerAction]) {
        for action in actions {
            guard state != .shutdown else { return }
            switch action {
            case .connect(let address):
                let subchannel = subchannels[address] ?? Subchannel(address, settings, loop: loop, owner: self)
                subchannels[address] = subchannel
                subchannel.connect()
            case .release(let address):
                if let subchannel = subchannels.removeValue(forKey: address) { release(subchannel) }
            case .startAttemptDelay:
                attemptTimer?.cancel()
                attemptTimer = loop.schedule(after: Limits.attemptDelay) { self.perform(self.balancer.handle(.attemptDelayElapsed)) }
            case .stopAttemptDelay: attemptTimer?.cancel()
            case .resolve: resolve()
            case .report(let state, let addresses): report(state, to: addresses)
            }
        }
    }

    func subchannel(_ subchannel: Subchannel, became state: ConnectivityState) {
        guard subchannels[subchannel.address] === subchannel else { return }
        perform(balancer.handle(.subchannel(subchannel.address, state)))
    }

    func roomChanged() { serve() }

    /// gRFC A8: who was told that it asks too often asks half as often from then on.
    func noteGoAway(_ reason: HTTP2Error) {
        guard case .goAway(.enhanceYourCalm, "too_many_pings") = reason, let time = keepalive.time else { return }
        keepalive.time = time * 2
    }

    // MARK: Idleness

    private func startIdleTimer() {
        guard let timeout = configuration.idleTimeout else { return }
        lastCall = loop.now
        checkIdleness(at: loop.now + timeout, timeout)
    }

    private func checkIdleness(at time: MonotonicTime, _ timeout: Duration) {
        idleTimer = loop.schedule(at: time) {
            for subchannel in self.subchannels.values { subchannel.closeSurplus() }
            let now = self.loop.now
            if self.calls > 0 { return self.checkIdleness(at: now + timeout, timeout) }
            let end = self.lastCall + timeout
            if now < end { return self.checkIdleness(at: end, timeout) }
            self.enterIdle("there was no call for \(timeout)")
        }
    }

    // MARK: To be seen

    var snapshot: Channel.Snapshot {
        let addresses = subchannels.values.map { subchannel in
            Channel.Snapshot.Address(
                address: subchannel.address, state: subchannel.state, connections: subchannel.connectionCount,
                streams: subchannel.streamCount)
        }
        return Channel.Snapshot(
            connectivity: feed.current, calls: calls, waitingCalls: waiting.count,
            addresses: addresses.sorted { "\($0.address)" < "\($1.address)" })
    }
}
