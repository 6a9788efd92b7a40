internal import Net

/// The one connection of a database that listens. `ListenerState` decides, this does it. Confined to its loop.
final class Listener {
    private let configuration: Database.Configuration
    private let loop: EventLoop
    private var state = ListenerState()
    private var subscriptions: [ObjectIdentifier: Subscription] = [:]
    private var session: Session?
    private var watch: Watch?
    private var timer: Timer?
    /// The result of the command under way has come; its end has perhaps not.
    private var hasResult = false
    private var isShutDown = false
    /// Of many failures in a row the first is worth a line in the log.
    private var hasReported = false

    init(_ configuration: Database.Configuration, on loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
    }

    func add(_ subscription: Subscription) {
        if isShutDown { return subscription.finish() }
        subscriptions[ObjectIdentifier(subscription)] = subscription
        state.subscribe(ObjectIdentifier(subscription), subscription.channels, now: .now())
        perform()
    }

    func remove(_ subscription: Subscription) {
        guard subscriptions.removeValue(forKey: ObjectIdentifier(subscription)) != nil else { return }
        state.unsubscribe(ObjectIdentifier(subscription), now: .now())
        perform()
    }

    /// Ends all subscriptions, those to come included.
    func shutDown() {
        isShutDown = true
        for subscription in Array(subscriptions.values) {
            subscription.finish()
            remove(subscription)
        }
    }

    private func perform() {
        while true {
            let actions = state.takeActions()
            if actions.isEmpty { break }
            for action in actions {
                switch action {
                case .connect: connect()
                case .send(let command): send(command)
                case .tellMayHaveMissed(let id): subscriptions[id]?.offer(.mayHaveMissed)
                case .close: state.isClosed ? close() : lost("it did not answer in time")
                }
            }
        }
        timer?.cancel()
        timer = state.wakeAt.map { time in
            loop.schedule(at: time) { [weak self] in
                guard let self else { return }
                self.state.tick(now: .now())
                self.perform()
            }
        }
    }

    private func connect() {
        let listener = Confined(self, to: loop)
        let (configuration, loop) = (configuration, loop)
        Task(executorPreference: loop) {
            let outcome: Result<Session, PostgresError>
            do throws(PostgresError) {
                outcome = .success(try await Session.connect(configuration, on: loop))
            } catch {
                outcome = .failure(error)
            }
            loop.execute { listener.value.connectEnded(outcome) }
        }
    }

    private func connectEnded(_ outcome: Result<Session, PostgresError>) {
        do {
            let session = try outcome.get()
            guard session.becomeNonblocking() else { throw PostgresError.unavailable(session.lastError) }
            watch = try loop.watch(session.descriptor, for: .read) { [weak self] _ in self?.ready() }
            self.session = session
            state.connected(now: .now())
            perform()
        } catch {
            lost("\(error)")
        }
    }

    private func send(_ command: ListenerState.Command) {
        guard let session else { return }
        let statement: SQL =
            switch command {
            case .listen(let channel): "LISTEN \(ownName: channel.quoted)"
            case .unlisten(let channel): "UNLISTEN \(ownName: channel.quoted)"
            case .probe: "SELECT 1"
            }
        guard session.send(statement, preparedAs: nil) else { return lost(session.lastError) }
        flush(session)
    }

    private func flush(_ session: Session) {
        switch session.flush() {
        case .all: watch?.update(.read)
        case .partly: watch?.update([.read, .write])
        case .failed: lost(session.lastError)
        }
    }

    private func ready() {
        guard let session else { return }
        let isOpen = session.consumeInput { name, payload in deliver(name, payload) }
        reading: while !session.isBusy {
            switch session.takeResult() {
            case .rows, .done: hasResult = true
            case .null: break reading
            case .failure(let report): return lost(report.text)
            case .skipped, .sync, .copy, .unexpected: return lost("libpq gave a result that does not belong to LISTEN")
            }
        }
        guard isOpen, !session.isBroken else { return lost(session.lastError) }
        if hasResult, session.isIdle {
            hasResult = false
            hasReported = false
            state.answered(now: .now())
            perform()
        }
        if let session = self.session { flush(session) }
    }

    private func deliver(_ name: String, _ payload: String) {
        for subscription in subscriptions.values {
            guard let channel = subscription.channels.first(where: { $0.name == name }) else { continue }
            subscription.offer(.notified(channel, payload: payload))
        }
    }

    private func lost(_ reason: String) {
        if !hasReported { configuration.log?("the connection that listens is not there: \(reason)") }
        hasReported = true
        close()
        state.lost(now: .now(), random: Double.random(in: 0..<1))
        perform()
    }

    private func close() {
        watch?.cancel()
        watch = nil
        session?.finish()
        session = nil
        hasResult = false
    }
}
