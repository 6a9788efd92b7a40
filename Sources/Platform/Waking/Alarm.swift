internal import Net

/// A timer that is set and switched off from anywhere. Its state is confined to the loop.
final class Alarm: @unchecked Sendable {
    private let loop: EventLoop
    private var timer: Timer?
    private var isOff = false

    init(on loop: EventLoop, at time: MonotonicTime, _ ring: @escaping @Sendable () -> Void) {
        self.loop = loop
        onLoop { [self] in
            if !isOff { timer = loop.schedule(at: time) { ring() } }
        }
    }

    func off() {
        onLoop { [self] in
            isOff = true
            timer?.cancel()
            timer = nil
        }
    }

    private func onLoop(_ work: @escaping @Sendable () -> Void) {
        if loop.isCurrent { work() } else { loop.execute(work) }
    }
}
