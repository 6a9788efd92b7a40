internal import Net

/// Has a loop's TLS handshakes wait for each other, so that they take no more than half of its time while others have something to say: a hello
/// of 300 bytes has us compute for half a millisecond, and who sends one after the other would leave nothing for calls. Confined to its loop.
final class HandshakeQueue {
    private let loop: EventLoop
    private let waiting = Queue<Connection>()
    private var share = HandshakeShare()
    /// A connection whose handshake is over was read from, since the last handshake.
    var hasTraffic = false
    private var isArmed = false

    init(_ loop: EventLoop) {
        self.loop = loop
    }

    /// Calls `continueHandshake` when it is the connection's turn: in this turn of the loop, where none is before it.
    func append(_ connection: Connection) {
        waiting.append(connection)
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
        while now - start < Limits.handshakeTurn, let connection = waiting.popFirst() {
            connection.continueHandshake()
            now = loop.time
        }
        share.worked(from: start, to: now, besideCalls: hasTraffic)
        hasTraffic = false
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
