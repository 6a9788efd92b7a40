internal import CNet
public import Net

/// One stream of a connection: the handle by which a handler (or a client) writes. Confined to its loop.
@safe
public final class HTTPStream: StreamOutput {
    public var id: Int32 { number }
    /// (Of a public property each reading is checked for exclusivity, when it can change.)
    private var number: Int32
    public let loop: EventLoop
    /// Nil once the stream or its connection is gone: then every call here does nothing. Both clear it before the session goes, so that
    /// no reference is counted.
    private var session: Unmanaged<Session>?
    var receiver: (any HTTPStreamReceiver)?
    /// Its place in the session's list, which keeps all of them alive.
    var next: Unmanaged<HTTPStream>?
    var previous: Unmanaged<HTTPStream>?
    var hasReceivedHead = false
    var isTouched = false
    private(set) var hasPeerEnded = false
    /// By a RST_STREAM of the peer.
    var isResetByPeer = false
    private var hasResponded = false
    private var isDeferred = false
    /// Of the peer's body, up to now.
    var receivedBytes: UInt64 = 0
    /// Of ours, that nghttp2 has taken.
    private var takenBytes: UInt64 = 0
    @exclusivity(unchecked) private var progress = StreamProgress()
    private var hasReset = false
    /// Of the peer's body, kept by the receiver.
    private var heldBytes = 0
    /// Of a message longer than the window: it may come, or waits.
    private var claimedBytes = 0
    private var isWaiting = false

    init(id: Int32, session: Session) {
        number = id
        self.loop = session.loop
        unsafe self.session = Unmanaged.passUnretained(session)
        super.init()
    }

    /// A stream that has ended, that nobody else knows and that has dropped its output, becomes another one of the same loop.
    func reopen(id: Int32, session: Session) {
        number = id
        unsafe self.session = Unmanaged.passUnretained(session)
        hasReceivedHead = false
        isTouched = false
        hasPeerEnded = false
        isResetByPeer = false
        hasResponded = false
        isDeferred = false
        receivedBytes = 0
        takenBytes = 0
        unsafe progress = StreamProgress()
        hasReset = false
    }

    public var isOpen: Bool { unsafe session != nil }
    /// Bytes that were written and that the connection has not taken yet.
    public var bufferedBytes: Int { count }

    // MARK: Writing

    /// Sends a header section (a server's first words). With `end` nothing follows.
    public func respond(_ block: FieldBlock, end: Bool = false) {
        guard unsafe session != nil, !hasResponded else { return }
        hasResponded = true
        if end { finish(.plain) }
        withSession { unsafe $0.submitResponse(self, block.table, withBody: !end) }
    }

    public func respond(_ fields: HTTPFields, end: Bool = false) {
        guard unsafe session != nil, !hasResponded else { return }
        hasResponded = true
        if end { finish(.plain) }
        withSession { session in
            unsafe fields.withTable { unsafe session.submitResponse(self, $0, withBody: !end) }
        }
    }

    /// Queues body bytes; they leave as the peer's windows allow.
    public func write(_ bytes: consuming [UInt8]) {
        guard append(bytes) else { return }
        outputChanged()
    }

    /// Ends our side after what was written.
    public func finish() {
        guard finish(.plain) else { return }
        outputChanged()
    }

    /// Ends our side with a trailer section after what was written.
    public func finish(trailers: FieldBlock) {
        guard finish(.block(trailers)) else { return }
        outputChanged()
    }

    public func finish(trailers: HTTPFields) {
        guard finish(.fields(trailers)) else { return }
        outputChanged()
    }

    /// Ends the stream in both directions, now; what waits is dropped. Only the first time: of a request that has not left yet, nghttp2 drops
    /// the header section, and would send a second RST_STREAM for a stream that the peer never saw, which ends the connection.
    public func reset(_ code: ErrorCode) {
        guard !hasReset else { return }
        hasReset = true
        withSession { $0.reset(self, code) }
    }

    /// Gives `count` bytes of the stream's window back to the peer.
    public func consume(_ count: Int) {
        withSession { $0.consume(self, count) }
    }

    // MARK: What is kept of the body

    /// What the peer may send before more of the window is given back.
    public var receiveWindow: Int {
        var window = Int.max
        withSession { window = $0.receiveWindow(of: self) }
        return window
    }

    /// Tells that the receiver keeps `bytes` of the body, until it says otherwise or the stream is gone. False when the connection, or the
    /// server, holds too much: then it is to keep none of it.
    public func hold(_ bytes: Int) -> Bool {
        guard isOpen, bytes != heldBytes else { return true }
        var isAllowed = true
        withSession { isAllowed = $0.hold(bytes - heldBytes) }
        heldBytes = bytes
        return isAllowed
    }

    /// Asks whether a message of `bytes` that is longer than the window may come at once. If not, the receiver hears `messageAdmitted`
    /// later, and gives no window back before that.
    public func claim(_ bytes: Int) -> Bool {
        guard isOpen, claimedBytes == 0 else { return true }
        claimedBytes = bytes
        withSession { isWaiting = !$0.bodies.claim(bytes, for: self) }
        return !isWaiting
    }

    /// That message has come, or nobody waits for it any more.
    public func endClaim() {
        guard claimedBytes > 0 else { return }
        let bytes = claimedBytes
        claimedBytes = 0
        withSession { if isWaiting { $0.bodies.stopWaiting(self) } else { $0.bodies.release(bytes) } }
        isWaiting = false
    }

    func grantClaim() {
        isWaiting = false
        receiver?.messageAdmitted()
    }

    /// nghttp2 asks for output by itself until it is told that there is none; then it has to be told of more.
    private func outputChanged() {
        guard isDeferred, isOpen else { return }
        isDeferred = false
        withSession { $0.resume(self) }
    }

    @inline(__always)
    private func withSession(_ body: (Session) -> Void) {
        if let session = unsafe session { unsafe session._withUnsafeGuaranteedRef(body) }
    }

    // MARK: From the session

    func peerEnded() { hasPeerEnded = true }

    /// The session is gone; answers who has to be told.
    func detach() -> (any HTTPStreamReceiver)? {
        if heldBytes > 0 { _ = hold(0) }
        endClaim()
        unsafe session = nil
        return receiver.take()
    }

    /// Fills nghttp2's buffer; see `StreamOutput.Piece`.
    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Piece {
        let piece = unsafe take(into: buffer)
        switch piece {
        case .nothingYet: isDeferred = true
        case .bytes(let count), .last(let count, _): takenBytes &+= UInt64(count)
        }
        return piece
    }

    /// What the peer has left undone on this stream for too long, if anything; `isOwed`: a message has to come.
    func check(isOwed: Bool, at now: MonotonicTime, timeout: Duration) -> Violation? {
        unsafe progress.check(
            taken: takenBytes, hasOutput: bufferedBytes > 0, received: receivedBytes, isOwed: isOwed, at: now, timeout: timeout)
    }
}
