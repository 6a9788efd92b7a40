internal import Net

/// Has what newcomers cost a loop wait for its turn, so that it takes no more than half of the loop's time while others have something to say:
/// to accept and open a connection, to read its first bytes, and each step of a TLS handshake. A hello of 300 bytes has us compute for half a
/// millisecond, and who comes back each time that it is cut off would leave nothing for calls. Confined to its loop.
final class HandshakeQueue {
    private let loop: EventLoop
    private let waiting = Queue<() -> Void>()
    private var share = HandshakeShare()
    /// How often a connection that is no newcomer was read from; and how often up to the last step.
    var reads: UInt64 = 0
    private var readsBefore: UInt64 = 0
    private var isArmed = false

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Calls `step` when it may be: at the end of this turn of the loop, where none is before it.
    func append(_ step: @escaping () -> Void) {
        waiting.append(step)
        arm()
    }

    private func arm() {
        guard !isArmed else { return }
        isArmed = true
        if let rest = share.rest(at: loop.time) {
            loop.schedule(after: rest) { self.advance() }
        } else {
            loop.atEndOfTurn { self.advance() }
        }
    }

    private func advance() {
        isArmed = false
        let start = loop.time
        var now = start
        while now - start < Limits.handshakeTurn, let step = waiting.popFirst() {
            step()
            now = loop.time
        }
        share.worked(from: start, to: now, besideCalls: reads != readsBefore)
        readsBefore = reads
        // In a turn to come: this one has calls to serve.
        guard !waiting.isEmpty, !isArmed else { return }
        isArmed = true
        loop.schedule(after: share.rest(at: now) ?? .zero) { self.advance() }
    }
}

/// How long handshakes have to rest: as long as they took, where calls came meanwhile.
struct HandshakeShare {
    private var restsUntil: MonotonicTime?

    mutating func worked(from start: MonotonicTime, to end: MonotonicTime, besideCalls: Bool) {
        restsUntil = besideCalls ? end + (end - start) : nil
    }

    /// Nil when they need not.
    func rest(at now: MonotonicTime) -> Duration? {
        guard let restsUntil, restsUntil > now else { return nil }
        return restsUntil - now
    }
}
