internal import Crypto
internal import Net
internal import TLS

/// A socket, perhaps a TLS engine, and a session: moves bytes between them, one flush in each turn. Confined to its loop.
final class Connection {
    let loop: EventLoop
    let limits: Limits
    let born: MonotonicTime
    let session: Session
    private let socket: Socket
    let tls: TLSEngine?
    private let handshakes: HandshakeQueue?
    private(set) var peer: Peer
    /// Cut when the connection is closed.
    var owner: (any ConnectionOwner)?

    private enum State { case handshaking, open, lingering, closed }
    private var state = State.handshaking
    private var watch: Watch?
    private var timer: Timer?
    /// Runs while the peer takes nothing of what waits for it.
    private var stall: Timer?
    /// Something may wait to be sent, and `flush` will be called.
    private var isDirty = false
    /// Bytes are being taken in; what they ask for is flushed behind that.
    private var isReading = false
    private(set) var isReady = false
    /// It is a newcomer, and goes on when others have had their turn; or it had the loop for too long. Not read from until then.
    private var isWaiting = false { didSet { updateInterest() } }
    private var hasHadTurn = false
    private var longReadBegan: MonotonicTime?
    private(set) var hasCompletedTLS = false
    /// Set by the owner before `start` when there is to be one.
    var keepalive: KeepaliveTimer?
    private(set) var isDraining = false
    private var lingeredBytes = 0
    private var drainReason = ""
    private var hasSentFinalGoAway = false
    private var life: ConnectionLife
    private var lastRead: MonotonicTime
    private var unsent = UnsentBytes()

    init(
        _ socket: consuming Socket, address: SocketAddress, tls: TLSEngine?, role: Session.Role, loop: EventLoop, limits: Limits,
        jitter: Double = 0, serverBodies: ServerBodies? = nil, handshakes: HandshakeQueue? = nil
    ) {
        self.loop = loop
        born = loop.now
        self.limits = limits
        self.tls = tls
        self.handshakes = handshakes
        // Of TCP there is nothing to ask.
        let process: ProcessCredentials? = if case .unix = address, role == .server { socket.peerCredentials } else { nil }
        self.peer = Peer(address: address, certificate: nil, isSecure: tls != nil, process: process)
        self.socket = socket
        session = Session(role: role, loop: loop, limits: limits, serverBodies: serverBodies)
        life = ConnectionLife(limits: limits, born: loop.now, jitter: jitter)
        lastRead = loop.now
        session.host = self
    }

    func start() throws(NetError) {
        // The watch holds the connection; closing cancels it.
        do {
            watch = try loop.watch(socket.descriptor, for: .read) { self.ready($0) }
        } catch {
            session.closeAll(.net(error))
            throw error
        }
        // Timers hold the connection strongly and are cancelled when it closes: a weak reference would slow every retain of it.
        timer = loop.schedule(after: limits.handshakeTimeout) {
            if !self.isReady { self.close(.handshakeTimeout) }
        }
        if tls == nil { state = .open }
        sessionHasOutput()
    }

    // MARK: In

    private func ready(_ readiness: Readiness) {
        if readiness.contains(.read), !isClogged {
            if let handshakes {
                // Linux hands out the hello of who has reset the connection.
                if state == .handshaking, !hasHadTurn, readiness.contains(.hangUp) { return close(.closedByPeer) }
                if state == .handshaking || !hasHadTurn, !readiness.contains(.hangUp) {
                    isWaiting = true
                    return handshakes.append { self.takeTurn() }
                }
                handshakes.reads &+= 1
            }
            read()
        }
        if readiness.contains(.write), state != .closed { markDirty() }
    }

    private func takeTurn() {
        guard isWaiting else { return }
        isWaiting = false
        guard state == .handshaking || state == .open else { return }
        // Who has gone behind its hello is not worth a signature; later it may have left an alert that says why.
        if !hasHadTurn, tls != nil, socket.hasPeerEnded { return close(.closedByPeer) }
        hasHadTurn = true
        read()
    }

    private func read() {
        serve()
        if let began = longReadBegan.take() { rest(loop.time - began) }
    }

    private func rest(_ spent: Duration) {
        guard spent > Limits.longTurn, state == .open, let handshakes else { return }
        isWaiting = true
        let reads = handshakes.reads
        // Whether other connections have something to say is known when they have had their turn.
        loop.schedule(after: .zero) {
            let rest = handshakes.reads != reads ? min(spent, Limits.longestRest) : .zero
            self.loop.schedule(after: rest) { self.isWaiting = false }
        }
    }

    private func updateInterest() {
        watch?.update(hasUnsent ? isClogged ? .write : readInterest.union(.write) : readInterest)
    }

    private var readInterest: Interest { isWaiting ? [] : .read }

    private func serve() {
        isReading = true
        var reads = 0
        while reads < limits.readsPerTurn, !isClogged, readOnce() { reads += 1 }
        if state == .open {
            session.deliver()
            if session.failure != nil || session.isFinished { isDirty = true }
        }
        // Calls that need nothing but the processor are answered before the next connection is read: what a hundred of them need is
        // in the cache still. (With ten connections of a hundred calls each, a call costs a sixth less.) A client's tasks, which this
        // wakes, have their say in this turn, too.
        if session.role == .server { loop.runWork() }
        isReading = false
        guard isDirty else { return }
        if session.role == .server { flush() } else { loop.atEndOfTurn { self.flush() } }
    }

    /// True when more may be there.
    private func readOnce() -> Bool {
        switch unsafe socket.read(into: loop.scratch) {
        case .bytes(let count):
            lastRead = loop.now
            keepalive?.received()
            if count > Limits.shortReadBytes, longReadBegan == nil, session.role == .server { longReadBegan = loop.time }
            if state != .lingering {
                unsafe receive(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
            } else if session.violation != nil {
                lingeredBytes += count
                if lingeredBytes > Limits.violatorLingerBytes { finish() }
            }
            return state != .closed && count == loop.scratchBytes
        case .wouldBlock:
            return false
        case .end:
            closedByPeer()
            return false
        case .failed(let error):
            close(.net(error))
            return false
        }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        // What was parsed may have an answer that no stream asks for: acknowledgements, window updates.
        markDirty()
        guard let tls else { return unsafe session.receive(bytes) }
        do {
            try unsafe tls.receive(bytes) { plaintext in
                if state == .handshaking { handshakeCompleted(tls) }
                unsafe session.receive(plaintext)
            }
        } catch {
            // The alert that says why is in the output: let it out before the socket goes.
            _ = writeUnsent()
            return close(.tls(error))
        }
        if state == .handshaking, tls.isHandshakeComplete { handshakeCompleted(tls) }
        if tls.isPeerClosed { closedByPeer() }
    }

    private func handshakeCompleted(_ tls: TLSEngine) {
        state = .open
        hasCompletedTLS = true
        peer = Peer(address: peer.address, certificate: tls.peer, isSecure: true, process: peer.process)
        owner?.connectionCompletedTLS(self)
    }

    private func closedByPeer() {
        if let goAway = session.goAway {
            close(.goAway(code: goAway.code, debug: goAway.debug))
        } else {
            close(.closedByPeer)
        }
    }

    // MARK: Out

    private func markDirty() {
        guard !isDirty, state != .closed else { return }
        isDirty = true
        if !isReading { loop.atEndOfTurn { self.flush() } }
    }

    private func flush() {
        guard isDirty else { return }
        isDirty = false
        guard state != .closed else { return }
        repeat {
            guard writeUnsent() else {
                if let failure = session.failure { close(failure) }
                return
            }
            guard state == .open else { return }
        } while stage()
        session.deliverDrained()
        if let failure = session.failure {
            close(failure)
        } else if session.isFinished {
            close(closeReason)
        }
    }

    private var closeReason: HTTP2Error {
        if let violation = session.violation { return .violation(violation) }
        guard let goAway = session.goAway else { return .shutDown }
        return .goAway(code: goAway.code, debug: goAway.debug)
    }

    /// Takes frames from the session, up to the high-water mark, in the loop's buffer, and sends or encrypts them. False when there was none.
    private func stage() -> Bool { unsafe stage(in: loop.scratch, enough: mostStagedBytes) }

    /// The same for one frame or few. Another connection may be parsing what the loop's buffer holds while this one is closed.
    private func stageLastWords() {
        unsafe withUnsafeTemporaryAllocation(byteCount: Limits.sentFrameBytes, alignment: 1) { _ = unsafe stage(in: $0, enough: 0) }
    }

    private func stage(in room: UnsafeMutableRawBufferPointer, enough: Int) -> Bool {
        let count = unsafe session.drain(into: room, enough: enough)
        guard count > 0 else { return false }
        let frames = unsafe UnsafeRawBufferPointer(rebasing: room[..<count])
        if let tls {
            do throws(TLSError) {
                try unsafe tls.send(frames)
            } catch {
                close(.tls(error))
            }
        } else {
            unsafe send(frames)
        }
        return true
    }

    /// In cleartext frames go from the loop's buffer to the socket; what it does not take now is kept.
    private func send(_ frames: UnsafeRawBufferPointer) {
        var sent = 0
        if !hasUnsent, case .bytes(let count) = unsafe socket.write(frames) { sent = count }
        // What failed here fails there once more, and is dealt with.
        if sent < frames.count { unsafe unsent.append(frames[sent...]) }
    }

    /// The loop's buffer must hold one frame more than this.
    private var mostStagedBytes: Int { min(limits.outputBytes, loop.scratchBytes - Limits.sentFrameBytes) }

    private var hasUnsent: Bool { unsentBytes > 0 }

    private var unsentBytes: Int { tls?.outputByteCount ?? unsent.count }

    /// A peer that does not read is not read from: whatever it asks, what waits for it stays bounded.
    private var isClogged: Bool {
        (unsentBytes > mostStagedBytes || session.queuedFrames > limits.queuedFrames) && state != .lingering
    }

    /// Writes what waits for the socket; false when that is full (it is watched then) or gone.
    private func writeUnsent() -> Bool {
        while hasUnsent {
            switch writeOnce() {
            case .bytes(let count): written(count)
            case .wouldBlock, .end:
                updateInterest()
                if stall == nil, state != .lingering { stall = loop.schedule(after: limits.writeTimeout) { self.close(.writeTimeout) } }
                return false
            case .failed(let error):
                close(.net(error))
                return false
            }
        }
        watch?.update(readInterest)
        return true
    }

    private func writeOnce() -> Socket.Transfer {
        if let tls { return unsafe socket.write(tls.output) }
        return unsafe unsent.withUnsafeBytes { unsafe socket.write($0) }
    }

    private func written(_ count: Int) {
        stall?.cancel()
        stall = nil
        if let tls { return tls.consumeOutput(count) }
        unsent.removeFirst(count)
    }

    // MARK: Ending

    /// Refuses new streams, lets the open ones end, then closes (RFC 9113 §6.8: two GOAWAYs, a round trip apart).
    /// `debug` says why, in the second of them.
    func drain(debug: String = "") {
        // Who has not completed the handshake has no stream, and will not be waited for.
        if state == .handshaking { return close(.shutDown) }
        guard state == .open, !isDraining else { return }
        isDraining = true
        drainReason = debug
        session.submitShutdownNotice()
        timer?.cancel()
        timer = loop.schedule(after: limits.goAwayTimeout) { self.submitFinalGoAway() }
    }

    /// When the peer has answered the PING, or has had time enough to.
    private func submitFinalGoAway() {
        guard isDraining, !hasSentFinalGoAway else { return }
        hasSentFinalGoAway = true
        timer?.cancel()
        life.sentFinalGoAway(at: loop.now)
        session.submitFinalGoAway(debug: drainReason)
    }

    /// What time alone brings about; called every `Limits.sweepInterval`.
    func sweep() {
        guard state == .open, session.violation == nil else { return }
        for violation in session.sweep() { owner?.connection(self, saw: violation) }
        let action = life.check(
            ConnectionLife.State(
                now: loop.now, lastRead: lastRead, openStreams: session.openStreams, openedStreams: session.openedStreams,
                fieldsSince: session.fieldsSince, hasAcknowledgedSettings: session.hasAcknowledgedSettings))
        switch action {
        case .end(let violation): session.end(violation)
        case .drain(let reason): drain(debug: reason)
        case .ping: session.submitKeepalivePing()
        case .giveUp: close(.keepaliveTimeout)
        case .endCalls: terminate(.cancel)
        case nil: break
        }
    }

    /// Whom the client wanted to reach (SNI).
    var requestedName: String? { tls?.requestedName }

    /// Whether the peer, who came in by an older context, would not be let in by this one. One that is still shaking hands is: it cannot
    /// be told yet, and may come again.
    func isRefused(by context: TLSContext) -> Bool {
        guard let tls else { return false }
        return !tls.isHandshakeComplete || tls.refusal(by: context) != nil
    }

    /// Ends everything at once, telling the peer why.
    func terminate(_ code: ErrorCode) {
        guard state == .open else { return close(.shutDown) }
        session.terminate(code)
    }

    /// Closes the socket in a way that lets the peer read our last bytes, and tells every stream and the owner.
    func close(_ reason: HTTP2Error) {
        guard state == .open || state == .handshaking else {
            if state == .lingering { finish() }
            return
        }
        let canLinger: Bool
        switch reason {
        case .net, .closedByPeer: canLinger = false
        default: canLinger = true
        }
        state = .lingering
        isWaiting = false
        timer?.cancel()
        stall?.cancel()
        keepalive?.stop()
        keepalive = nil
        session.closeAll(reason)
        if canLinger {
            // What the session still has to say (a GOAWAY) goes first.
            if session.wantsWrite { stageLastWords() }
            tls?.close()
            _ = writeUnsent()
            socket.shutdownWriting()
            timer = loop.schedule(after: limits.lingerTimeout) { self.finish() }
        }
        let owner = owner
        self.owner = nil
        if !canLinger { finish() }
        owner?.connectionClosed(self, reason)
    }

    private func finish() {
        guard state != .closed else { return }
        state = .closed
        timer?.cancel()
        watch?.cancel()
        watch = nil
    }
}

extension Connection: SessionHost {
    func sessionHasOutput() { markDirty() }

    func sessionReceivedGoAway(code: ErrorCode, lastStream: Int32, debug: String) {
        owner?.connection(self, receivedGoAway: code, lastStream: lastStream, debug: debug)
    }

    func sessionReceivedSettings() {
        guard !isReady else { return owner?.connectionSettingsChanged(self) ?? () }
        isReady = true
        if !isDraining { timer?.cancel() }
        owner?.connectionBecameReady(self)
    }

    func sessionReceivedPingAcknowledgement() {
        submitFinalGoAway()
    }

    /// The GOAWAY goes with this turn's flush; who does not read it is not waited for.
    func sessionSaw(_ violation: Violation) {
        owner?.connection(self, saw: violation)
        timer?.cancel()
        timer = loop.schedule(after: limits.goAwayTimeout) { self.close(.violation(violation)) }
    }

    func sessionRefusedBody() { owner?.connection(self, saw: .bodyBudget) }

    func sessionClosedStream() {
        owner?.connectionClosedStream(self)
        markDirty()
    }

    func sessionReceivedRequest(_ fields: HTTPFields, _ repeated: RepeatedFields?, on stream: HTTPStream) -> any HTTPStreamReceiver {
        guard let owner else { return RefusedStream(stream) }
        return owner.connection(self, received: HTTPRequest(fields: fields, peer: peer, repeated: repeated), on: stream)
    }
}
