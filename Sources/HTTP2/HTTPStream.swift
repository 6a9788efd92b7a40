internal import CNet
public import Net

/// One stream of a connection: the handle by which a handler (or a client) writes. Confined to its loop.
public final class HTTPStream {
    public let id: Int32
    public let loop: EventLoop
    /// Nil once the stream or its connection is gone: then every call here does nothing.
    private(set) var session: Session?
    var receiver: (any HTTPStreamReceiver)?
    var slot = 0
    var hasReceivedHead = false
    var isTouched = false
    private(set) var hasPeerEnded = false
    private var output = StreamOutput()
    private var hasResponded = false
    private var isDeferred = false

    init(id: Int32, session: Session) {
        self.id = id
        self.loop = session.loop
        self.session = session
    }

    public var isOpen: Bool { session != nil }
    /// Bytes that were written and that the connection has not taken yet.
    public var bufferedBytes: Int { output.count }

    // MARK: Writing

    /// Sends a header section (a server's first words). With `end` nothing follows.
    public func respond(_ block: FieldBlock, end: Bool = false) {
        guard let session, !hasResponded else { return }
        hasResponded = true
        if end { output.finish(.plain) }
        unsafe session.submitResponse(self, block.table, withBody: !end)
    }

    public func respond(_ fields: HTTPFields, end: Bool = false) {
        guard let session, !hasResponded else { return }
        hasResponded = true
        if end { output.finish(.plain) }
        unsafe fields.withTable { unsafe session.submitResponse(self, $0, withBody: !end) }
    }

    /// Queues body bytes; they leave as the peer's windows allow.
    public func write(_ bytes: [UInt8]) {
        guard output.append(bytes) else { return }
        outputChanged()
    }

    /// Ends our side after what was written.
    public func finish() {
        guard output.finish(.plain) else { return }
        outputChanged()
    }

    /// Ends our side with a trailer section after what was written.
    public func finish(trailers: FieldBlock) {
        guard output.finish(.block(trailers)) else { return }
        outputChanged()
    }

    public func finish(trailers: HTTPFields) {
        guard output.finish(.fields(trailers)) else { return }
        outputChanged()
    }

    /// Ends the stream in both directions, now; what waits is dropped.
    public func reset(_ code: ErrorCode) {
        session?.reset(self, code)
    }

    /// Gives `count` bytes of the stream's window back to the peer.
    public func consume(_ count: Int) {
        session?.consume(self, count)
    }

    /// nghttp2 asks for output by itself until it is told that there is none; then it has to be told of more.
    private func outputChanged() {
        guard isDeferred, let session else { return }
        isDeferred = false
        session.resume(self)
    }

    // MARK: From the session

    func peerEnded() { hasPeerEnded = true }

    func detach() {
        session = nil
        receiver = nil
    }

    /// Fills nghttp2's buffer; see `StreamOutput.Piece`.
    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> StreamOutput.Piece {
        let piece = unsafe output.take(into: buffer)
        if case .nothingYet = piece { isDeferred = true }
        return piece
    }

}
