internal import Net

/// The connections of one loop, and the callers who wait for one. `PoolState` decides, this does it. Confined to the loop.
final class Pool {
    let loop: EventLoop
    let configuration: Database.Configuration
    private let shapes: StatementShapes?
    private var state: PoolState
    private var connections: [PoolState.SlotID: Connection] = [:]
    private var waiting: [PoolState.WaiterID: Claim] = [:]
    private var lastConnectError: PostgresError?
    private var isPerforming = false
    private var isSweeping = false
    private var onClosed: [() -> Void] = []

    init(_ configuration: Database.Configuration, on loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
        shapes = configuration.prepared ? StatementShapes() : nil
        state = PoolState(
            bounds: PoolState.Bounds(
                connections: max(1, configuration.connectionsPerLoop), batchesPerConnection: max(1, configuration.batchesPerConnection),
                waiters: max(0, configuration.waitersPerLoop),
                leastOpen: min(max(0, configuration.leastConnectionsPerLoop), max(1, configuration.connectionsPerLoop)),
                idleLifetime: configuration.idleLifetime))
    }

    /// Opens the connections that are kept in any case.
    func start() {
        tick()
        sweepLater()
    }

    func add(to statistics: inout Database.Statistics) {
        statistics.add(state)
    }

    // MARK: Callers

    /// Sends a batch for which there is a connection at once. False when it would have to wait: make a claim then.
    func submitAtOnce(_ group: SyncGroup, _ scope: Scope) -> Bool {
        guard let slot = state.admitAtOnce(.batch, isPrivileged: scope.isPrivileged, now: .now()) else { return false }
        if let connection = connections[slot] {
            send(group, scope, through: connection, slot)
        } else {
            group.fail(.unavailable(nil))
        }
        perform()
        return true
    }

    func submit(_ claim: Claim) {
        let now = MonotonicTime.now()
        if claim.isCancelled {
            claim.fail(.callerCancelled)
        } else if let deadline = claim.scope.deadline, deadline <= now {
            claim.fail(.deadlineExceeded)
        } else {
            switch state.admit(claim.demand, isPrivileged: claim.scope.isPrivileged, now: now) {
            case .granted(let slot): grant(claim, slot)
            case .waits(let waiter): wait(claim, as: waiter, now: now)
            case .refused(let refusal): claim.fail(error(for: refusal, now))
            }
            perform()
        }
    }

    /// A claim that waits is withdrawn; one that has its connection runs on, bounded by its statement timeout.
    func cancel(_ claim: Claim) {
        claim.isCancelled = true
        withdraw(claim, .callerCancelled)
    }

    /// Ends a lease. `isClean` is false when the connection is in an unknown state.
    func giveBack(_ slot: PoolState.SlotID, isClean: Bool) {
        state.returned(slot, isClean: isClean, now: .now())
        perform()
    }

    /// Refuses new work, lets what runs come to its end, then calls back.
    func close(_ completion: @escaping () -> Void) {
        onClosed.append(completion)
        state.close(now: .now())
        perform()
    }

    private func wait(_ claim: Claim, as waiter: PoolState.WaiterID, now: MonotonicTime) {
        claim.waiter = waiter
        waiting[waiter] = claim
        let longest = now + configuration.longestWait
        let deadline = claim.scope.deadline ?? .distantFuture
        claim.timer = loop.schedule(at: min(longest, deadline)) { [weak self, weak claim] in
            guard let self, let claim else { return }
            self.withdraw(claim, deadline <= longest ? .deadlineExceeded : self.saturated(.waitedTooLong, .now()))
        }
    }

    private func withdraw(_ claim: Claim, _ error: PostgresError) {
        guard let waiter = claim.waiter, state.withdraw(waiter, now: .now()) else { return }
        waiting[waiter] = nil
        claim.waiter = nil
        claim.fail(error)
        perform()
    }

    private func grant(_ claim: Claim, _ slot: PoolState.SlotID) {
        claim.timer?.cancel()
        claim.timer = nil
        claim.waiter = nil
        guard let connection = connections[slot] else {
            claim.fail(.unavailable(nil))
            return
        }
        switch claim.want {
        case nil: break
        case .connection(let complete): complete(.success(Lease(of: connection, slot: slot, from: self)))
        case .batch(let group): send(group, claim.scope, through: connection, slot)
        }
    }

    private func send(_ group: SyncGroup, _ scope: Scope, through connection: Connection, _ slot: PoolState.SlotID) {
        guard let timeout = scope.timeoutMilliseconds(at: .now(), longest: configuration.longestStatement) else {
            group.fail(.deadlineExceeded)
            state.batchEnded(slot, now: .now())
            return
        }
        group.statements.insert(SyncGroup.Statement(scope.settings(timeoutMilliseconds: timeout), isAwaited: false), at: 0)
        group.statementTimeout = .milliseconds(timeout)
        connection.submit(group)
    }

    private func error(for refusal: PoolState.Refusal, _ now: MonotonicTime) -> PostgresError {
        switch refusal {
        case .away:
            var error = PostgresError.unavailable(lastConnectError?.report)
            error.retryAfter = max(state.connectNotBefore - now, Limits.retryAfterLeast)
            return error
        case .tooManyWaiters: return saturated(.tooManyWait, now)
        case .closed: return PostgresError(.closed, "This process has shut down its connections to the database.")
        }
    }

    /// Whoever comes back waits behind those who wait now: as long as the first of them has waited, at least.
    private func saturated(_ error: PostgresError, _ now: MonotonicTime) -> PostgresError {
        var error = error
        error.retryAfter = max(state.longestWait(at: now), Limits.retryAfterLeast)
        return error
    }

    private func probe(_ slot: PoolState.SlotID) {
        let group = SyncGroup(.batch, [SyncGroup.Statement("SELECT 1", isNamed: false, isAwaited: false)])
        group.statementTimeout = Limits.probeTimeout
        connections[slot]?.submit(group)
    }

    // MARK: Connections

    private func perform() {
        guard !isPerforming else { return }
        isPerforming = true
        defer { isPerforming = false }
        while true {
            let actions = state.takeActions()
            if actions.isEmpty { break }
            for action in actions {
                switch action {
                case .connect(let slot): connect(slot)
                case .close(let slot): connections[slot]?.close(PostgresError(.closed, "The connection is no longer needed."))
                case .probe(let slot): probe(slot)
                case .grant(let waiter, let slot):
                    if let claim = waiting.removeValue(forKey: waiter) { grant(claim, slot) }
                case .refuse(let waiter, let refusal):
                    guard let claim = waiting.removeValue(forKey: waiter) else { continue }
                    claim.waiter = nil
                    claim.fail(error(for: refusal, .now()))
                case .wake(let time):
                    loop.schedule(at: time) { [weak self] in self?.tick() }
                }
            }
        }
        if !onClosed.isEmpty, connections.isEmpty, state.connectingCount == 0 {
            for completion in onClosed { completion() }
            onClosed = []
        }
    }

    private func connect(_ slot: PoolState.SlotID) {
        let pool = Confined(self, to: loop)
        let configuration = configuration
        Task(executorPreference: loop) {
            let outcome: Result<Session, PostgresError>
            do throws(PostgresError) {
                outcome = .success(try await Session.connect(configuration, on: pool.loop))
            } catch {
                outcome = .failure(error)
            }
            pool.loop.execute { pool.value.connectEnded(slot, outcome) }
        }
    }

    private func connectEnded(_ slot: PoolState.SlotID, _ outcome: Result<Session, PostgresError>) {
        let now = MonotonicTime.now()
        do throws(PostgresError) {
            let connection = try Connection(outcome.get(), on: loop, prepared: shapes, log: configuration.log)
            connection.onBatchEnd = { [weak self] in
                guard let self else { return }
                self.state.batchEnded(slot, now: .now())
                self.perform()
            }
            connection.onDistrust = { [weak self] in
                guard let self else { return }
                self.state.distrustAll(now: .now())
                self.perform()
            }
            // A connection may end while a database that nobody has shut down goes away.
            connection.onEnd = { [weak self] _ in
                guard let self else { return }
                self.connections[slot] = nil
                self.state.lost(slot, now: .now())
                self.perform()
            }
            connections[slot] = connection
            let age = configuration.connectionLifetime * (1 + Limits.jitter * (2 * Double.random(in: 0..<1) - 1))
            state.connected(slot, retireAt: now + age, now: now)
            sweepLater()
        } catch {
            lastConnectError = error
            configuration.log?("cannot connect to PostgreSQL: \(error)")
            state.connectFailed(slot, now: now, random: Double.random(in: 0..<1))
        }
        perform()
    }

    private func tick() {
        let now = MonotonicTime.now()
        for connection in Array(connections.values) where connection.isOverdue(at: now) {
            connection.close(.connectionLost("the server let a statement's deadline pass by far"))
        }
        state.tick(now: now)
        perform()
    }

    private func sweepLater() {
        guard !isSweeping else { return }
        isSweeping = true
        loop.schedule(after: Limits.sweepInterval) { [weak self] in
            guard let self else { return }
            self.isSweeping = false
            self.tick()
            if !self.connections.isEmpty || self.configuration.leastConnectionsPerLoop > 0, self.onClosed.isEmpty { self.sweepLater() }
        }
    }
}

extension PostgresError {
    static let callerCancelled = PostgresError(.cancelled, "The caller went away before the statement was sent.")
    static let deadlineExceeded = PostgresError(.deadlineExceeded, "The deadline passed before the statement was sent. Allow more time.")
    static let tooManyWait = PostgresError(.saturated, "Too many callers wait for the database already. Try again shortly.")
    static let waitedTooLong = PostgresError(.saturated, "No connection to the database came free in time. Try again shortly.")
}
