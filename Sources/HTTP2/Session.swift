internal import CNet
internal import Net

/// What a session tells the connection that carries it.
protocol SessionHost: AnyObject {
    /// Something waits to be sent.
    func sessionHasOutput()
    func sessionReceivedGoAway(code: ErrorCode, lastStream: Int32, debug: String)
    func sessionReceivedSettings()
    func sessionReceivedPingAcknowledgement()
    func sessionClosedStream()
    /// The peer may say no more; the GOAWAY that tells it so is in the output.
    func sessionSaw(_ violation: Violation)
    /// A stream may hold no more of its body, since the server holds too much.
    func sessionRefusedBody()
    /// A request's header section is complete (servers).
    func sessionReceivedRequest(_ fields: HTTPFields, _ repeated: RepeatedFields?, on stream: HTTPStream) -> any HTTPStreamReceiver
}

/// One nghttp2 session: plaintext in, stream events out, and back. It does no I/O. Confined to its loop.
///
/// nghttp2 must not be re-entered from its callbacks, so those only take note; `deliver` acts when parsing is over.
@safe
final class Session {
    enum Role { case server, client }

    let role: Role
    let loop: EventLoop
    let limits: Limits
    /// Strong, and cut by `closeAll`: a weak reference would cost every call a side table's worth of reference counting.
    var host: (any SessionHost)?
    private var handle: OpaquePointer?
    private let streams = StreamList()
    /// The stream that was looked for last: events come in runs of one stream's.
    private var latest: Unmanaged<HTTPStream>?
    private var latestID: Int32 = -1
    private let incoming: IncomingFields
    private let spareStreams: SpareStreams
    private let touched = Queue<HTTPStream>()
    private let drained = Queue<HTTPStream>()
    private var isParsing = false
    /// The host knows that something waits to be sent.
    private var isHostTold = false
    /// Why the session cannot go on, if it cannot.
    private(set) var failure: HTTP2Error?
    private(set) var goAway: (code: ErrorCode, lastStream: Int32, debug: String)?

    /// Every frame passes it, and nothing that it calls comes back here.
    @exclusivity(unchecked) private var frameGuard: FrameGuard
    let bodies: BodyBudget
    /// Why the peer's bytes are not read any more, if they are not, and whether it was told.
    private(set) var violation: Violation?
    private var hasToldViolation = false

    init(role: Role, loop: EventLoop, limits: Limits, serverBodies: ServerBodies? = nil) {
        self.role = role
        self.loop = loop
        self.limits = limits
        incoming = IncomingFields(budget: limits.fieldBytes)
        spareStreams = loop.own { SpareStreams() }
        bodies = BodyBudget(limits, server: serverBodies)
        unsafe frameGuard = FrameGuard(isServer: role == .server, limits: limits, at: loop.now)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle = SessionOptions.make(role, limits, context)
        sendSettings()
    }

    deinit {
        for stream in streams.takeAll() { _ = stream.detach() }
        unsafe nghttp2_session_del(handle)
    }

    private func sendSettings() {
        var entries = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32(limits.streamWindowBytes)),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(clamping: limits.fieldBytes)),
        ]
        switch role {
        case .server:
            entries.append(
                nghttp2_settings_entry(
                    settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: limits.concurrentStreams))
            // RFC 9218 §2.1: priorities of RFC 7540 are ignored, and their tree is not kept.
            entries.append(nghttp2_settings_entry(settings_id: 9, value: 1))
        case .client:
            entries.append(nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
        }
        unsafe nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), entries, entries.count)
        unsafe nghttp2_session_set_local_window_size(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, limits.connectionWindowBytes)
    }

    var hasCompletedStream: Bool { unsafe frameGuard.completedStreams > 0 }

    // MARK: Input

    /// Parses plaintext. Call `deliver` when no more is at hand.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, violation == nil, bytes.count > 0 else { return }
        let verdict = unsafe frameGuard.inspect(bytes, at: loop.now, hasStreams: !streams.isEmpty)
        isParsing = true
        let count = unsafe nghttp2_session_mem_recv(handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), verdict.accepted)
        isParsing = false
        if count == NGHTTP2_ERR_FLOODED.rawValue {
            failure = .violation(.unreadAnswers)
        } else if count < 0 {
            failure = .session(Session.text(of: Int32(clamping: count)))
        } else if let violation = verdict.violation {
            end(violation)
        }
    }

    /// Tells every stream that got something that this was all for now.
    func deliver() {
        for _ in 0..<touched.count {
            guard var stream = touched.popFirst() else { return }
            stream.isTouched = false
            stream.receiver?.inputDelivered()
            if !stream.isOpen { keepSpare(&stream) }
        }
    }

    /// A stream that has ended is used again when nobody else holds it.
    private func keepSpare(_ stream: inout HTTPStream) {
        guard isKnownUniquelyReferenced(&stream) else { return }
        stream.removeAll()
        spareStreams.keep(stream)
    }

    func touch(_ stream: HTTPStream) {
        guard !stream.isTouched else { return }
        stream.isTouched = true
        touched.append(stream)
    }

    // MARK: Output

    /// Puts the bytes of the next frames into `room` and answers how many they are. More may wait when it comes back with more than
    /// `enough`; `room` has a whole frame's space behind that.
    func drain(into room: UnsafeMutableRawBufferPointer, enough: Int) -> Int {
        precondition(room.count >= enough + Limits.sentFrameBytes, "a frame might not fit")
        isHostTold = false
        guard failure == nil, let start = room.baseAddress else { return 0 }
        var filled = 0
        while filled <= enough, !hasToldViolation {
            var frame: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(handle, &frame)
            if count < 0 { failure = .session(Session.text(of: Int32(clamping: count))) }
            guard count > 0, let frame = unsafe frame else { break }
            guard count <= room.count - filled else {
                failure = .session("a frame to send has \(count) bytes")
                break
            }
            unsafe (start + filled).copyMemory(from: frame, byteCount: count)
            filled += count
        }
        return filled
    }

    /// Tells the host, once until it drains.
    private func noteOutput() {
        guard !isHostTold else { return }
        isHostTold = true
        host?.sessionHasOutput()
    }

    func noteDrained(_ stream: HTTPStream) {
        drained.append(stream)
    }

    /// Tells the streams whose output was taken by `drain`.
    func deliverDrained() {
        for _ in 0..<drained.count {
            guard let stream = drained.popFirst() else { return }
            if stream.bufferedBytes == 0 { stream.receiver?.outputDrained() }
        }
    }

    /// Nothing more will come or go: the connection may be closed.
    var isFinished: Bool {
        if failure != nil || hasToldViolation { return true }
        return unsafe nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0
    }

    var wantsWrite: Bool {
        if failure != nil || hasToldViolation { return false }
        return unsafe nghttp2_session_want_write(handle) != 0
    }

    // MARK: Streams

    func submitRequest(_ fields: HTTPFields, receiver: any HTTPStreamReceiver, withBody: Bool) throws(HTTP2Error) -> HTTPStream {
        guard role == .client, failure == nil else { throw failure ?? .shutDown }
        var provider = unsafe Session.provider
        let id = unsafe fields.withTable { table in
            withBody
                ? unsafe nghttp2_submit_request(handle, nil, table.baseAddress, table.count, &provider, nil)
                : unsafe nghttp2_submit_request(handle, nil, table.baseAddress, table.count, nil, nil)
        }
        guard id > 0 else { throw .session(Session.text(of: id)) }
        let stream = unsafe open(id).takeUnretainedValue()
        stream.receiver = receiver
        noteOutput()
        return stream
    }

    func submitResponse(_ stream: HTTPStream, _ table: UnsafeMutableBufferPointer<nghttp2_nv>, withBody: Bool) {
        if withBody {
            var provider = unsafe Session.provider
            unsafe nghttp2_submit_response(handle, stream.id, table.baseAddress, table.count, &provider)
        } else {
            unsafe nghttp2_submit_response(handle, stream.id, table.baseAddress, table.count, nil)
        }
        noteOutput()
    }

    /// A stream whose provider had nothing has something again. Resuming one that was not deferred is harmless.
    func resume(_ stream: HTTPStream) {
        unsafe nghttp2_session_resume_data(handle, stream.id)
        noteOutput()
    }

    func reset(_ stream: HTTPStream, _ code: ErrorCode) {
        unsafe nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
        noteOutput()
    }

    func consume(_ stream: HTTPStream, _ count: Int) {
        unsafe nghttp2_session_consume_stream(handle, stream.id, count)
        if !isParsing { noteOutput() }
    }

    func receiveWindow(of stream: HTTPStream) -> Int {
        Int(unsafe nghttp2_session_get_stream_local_window_size(handle, stream.id))
    }

    /// A stream's receiver keeps `difference` more of the body; false when it may not.
    func hold(_ difference: Int) -> Bool {
        if bodies.hold(difference) { return true }
        host?.sessionRefusedBody()
        return false
    }

    /// What the peer allows us to have open at once.
    var peerConcurrentStreams: UInt32 {
        unsafe nghttp2_session_get_remote_settings(handle, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    }

    /// Asks the peer for a sign of life (RFC 9113 §6.7).
    func submitKeepalivePing() {
        unsafe frameGuard.sentPing()
        let data = [Session.keepaliveMark, 0, 0, 0, 0, 0, 0, 0]
        unsafe nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), data)
        host?.sessionHasOutput()
    }

    /// Tells the answer to such a PING from that to the one behind a shutdown notice, which is all zeros.
    static let keepaliveMark: UInt8 = 0x6B

    // MARK: Ending

    /// Step one of a graceful end: the peer is told to open no more, and may still have some on the way.
    func submitShutdownNotice() {
        unsafe nghttp2_submit_shutdown_notice(handle)
        unsafe nghttp2_submit_ping(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        noteOutput()
    }

    /// The last stream that a client may have. nghttp2 takes new ones until the GOAWAY that denies them has left, and serving one of those
    /// would be serving a call twice: its client sends it again elsewhere.
    private(set) var lastAccepted = Int32.max

    /// Step two: streams up to here will be served, later ones were never seen.
    func submitFinalGoAway(_ code: ErrorCode = .noError, debug: String = "") {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(handle)
        lastAccepted = last
        let text = Array(debug.utf8)
        unsafe nghttp2_submit_goaway(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, code.rawValue, text, text.count)
        noteOutput()
    }

    func terminate(_ code: ErrorCode) {
        unsafe nghttp2_session_terminate_session(handle, code.rawValue)
        noteOutput()
    }

    /// The peer is not listened to any more, and told why; nothing but that leaves.
    func end(_ violation: Violation) {
        guard self.violation == nil, failure == nil else { return }
        self.violation = violation
        submitFinalGoAway(violation.code, debug: violation.rawValue)
        host?.sessionSaw(violation)
    }

    func sentReset(_ code: ErrorCode) {
        switch code {
        case .protocolError, .flowControlError, .streamClosed, .frameSizeError, .internalError:
            if let violation = unsafe frameGuard.causedReset(at: loop.now) { end(violation) }
        default: break
        }
    }

    func sentGoAway(_ code: ErrorCode) {
        if code == violation?.code { hasToldViolation = true }
    }

    /// A frame of a call of ours is on its way.
    func sentFrame() { unsafe frameGuard.sentFrame() }

    /// Looks at every stream: whether its peer takes what waits for it, and sends what it owes. Returns what was found.
    func sweep() -> [Violation] {
        var found: [Violation] = []
        for stream in streams.all {
            let isOwed = stream.receiver?.swept(at: loop.now) ?? false
            if let violation = stream.check(isOwed: isOwed, at: loop.now, timeout: limits.streamTimeout) {
                found.append(violation)
                reset(stream, violation.code)
            }
        }
        return found
    }

    var openStreams: Int { streams.count }

    /// Streams that the client has opened up to now, or passed over.
    var openedStreams: Int { unsafe frameGuard.openedStreams }
    /// When the header section began that is not complete yet.
    var fieldsSince: MonotonicTime? { unsafe frameGuard.fieldsSince }
    var hasAcknowledgedSettings: Bool { unsafe frameGuard.hasAcknowledgedSettings }

    /// Frames that wait for `drain`, besides those of streams' bodies.
    var queuedFrames: Int { unsafe nghttp2_session_get_outbound_queue_size(handle) }

    /// Ends every stream when the connection is gone.
    func closeAll(_ reason: HTTP2Error) {
        forgetLatest()
        for stream in streams.takeAll() {
            // nghttp2 opens a request's stream when it lays out its HEADERS.
            let isUnsent = unsafe nghttp2_session_find_stream(handle, stream.id) == nil
            unsafe nghttp2_session_set_stream_user_data(handle, stream.id, nil)
            stream.detach()?.closed(isUnsent ? .unsent(reason) : .connection(reason))
        }
        host = nil
    }

    // MARK: From the callbacks

    /// Nobody sees this request.
    func refuse(_ id: Int32) {
        unsafe nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_REFUSED_STREAM.rawValue)
        noteOutput()
    }

    @discardableResult
    func open(_ id: Int32) -> Unmanaged<HTTPStream> {
        let link = unsafe Unmanaged.passRetained(makeStream(id))
        unsafe streams.insert(link)
        unsafe nghttp2_session_set_stream_user_data(handle, id, link.toOpaque())
        latestID = id
        unsafe latest = link
        return unsafe link
    }

    private func makeStream(_ id: Int32) -> HTTPStream {
        guard let stream = spareStreams.take() else { return HTTPStream(id: id, session: self) }
        stream.reopen(id: id, session: self)
        return stream
    }

    /// Lends the stream of that number, if it is open: nghttp2 finds it, and the list keeps it alive.
    @inline(__always)
    func withStream<Result>(_ id: Int32, or none: Result, _ body: (HTTPStream) -> Result) -> Result {
        guard let stream = unsafe find(id) else { return none }
        return unsafe stream._withUnsafeGuaranteedRef(body)
    }

    @inline(__always)
    private func find(_ id: Int32) -> Unmanaged<HTTPStream>? {
        if id != latestID {
            guard let found = unsafe nghttp2_session_get_stream_user_data(handle, id) else { return nil }
            latestID = id
            unsafe latest = Unmanaged.fromOpaque(found)
        }
        return unsafe latest
    }

    private func forgetLatest() {
        latestID = -1
        unsafe latest = nil
    }

    func close(_ id: Int32, _ code: ErrorCode) {
        guard let link = unsafe find(id) else { return }
        forgetLatest()
        var stream = unsafe streams.take(link)
        // A client's reset is none the less one for its code. A server's may stand behind a whole reply (RFC 9113 §8.1).
        let isReset = stream.isResetByPeer && (role == .server || !stream.hasPeerEnded)
        if code == .noError, !isReset { unsafe frameGuard.completedStream() }
        stream.detach()?.closed(.stream(code))
        keepSpare(&stream)
        // A client has room for another one.
        if role == .client { host?.sessionClosedStream() }
    }

    func beginFields() { incoming.removeAll() }

    func takeFields() -> (HTTPFields, RepeatedFields?) { incoming.take() }

    /// False for a header bomb: no more of it is decoded, and the connection ends.
    func received(_ name: OpaquePointer, _ value: OpaquePointer) -> Bool {
        unsafe incoming.append(name, value)
        if incoming.countedBytes / Limits.fieldBytesFatalMultiple <= limits.fieldBytes { return true }
        end(.headerBomb)
        return false
    }

    func received(goAway code: ErrorCode, lastStream: Int32, debug: String) {
        goAway = (code, lastStream, debug)
        host?.sessionReceivedGoAway(code: code, lastStream: lastStream, debug: debug)
    }

    static func text(of code: Int32) -> String {
        unsafe nghttp2_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    private static var provider: nghttp2_data_provider {
        unsafe nghttp2_data_provider(source: nghttp2_data_source(), read_callback: SessionCallbacks.readBody)
    }
}
