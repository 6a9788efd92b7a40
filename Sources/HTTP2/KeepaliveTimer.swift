internal import Net

/// Has a connection's `Keepalive` woken when its time comes, and does what it says. Confined to the connection's loop.
final class KeepaliveTimer {
    private var keepalive: Keepalive
    private let loop: EventLoop
    private var timer: Timer?
    private let openStreams: () -> Int
    private let ping: () -> Void
    private let giveUp: () -> Void

    /// Nil when the policy says never. Until `stop`, its timer holds the closures.
    init?(
        _ policy: Keepalive.Policy, loop: EventLoop, openStreams: @escaping () -> Int, ping: @escaping () -> Void,
        giveUp: @escaping () -> Void
    ) {
        guard let keepalive = Keepalive(policy, at: loop.now) else { return nil }
        self.keepalive = keepalive
        self.loop = loop
        self.openStreams = openStreams
        self.ping = ping
        self.giveUp = giveUp
        wake()
    }

    func received() { keepalive.received(at: loop.now) }

    func streamOpens() {
        if let action = keepalive.streamOpens(at: loop.now) { perform(action) }
    }

    /// To be called when the connection closes.
    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func wake() { perform(keepalive.wake(at: loop.now, openStreams: openStreams())) }

    private func perform(_ action: Keepalive.Action) {
        switch action {
        case .sleep(let until): sleep(until)
        case .ping(let wakeAt):
            ping()
            sleep(wakeAt)
        case .giveUp:
            stop()
            giveUp()
        }
    }

    private func sleep(_ until: MonotonicTime?) {
        timer?.cancel()
        timer = until.map { loop.schedule(at: $0) { self.wake() } }
    }
}
