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
    /// A request's header section is complete (servers).
    func sessionReceivedRequest(_ fields: HTTPFields, on stream: HTTPStream) -> any HTTPStreamReceiver
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
    private var streams = StreamSlab()
    /// The header section that is being parsed (RFC 9113 §4.3: a field block is never interleaved with another).
    var incoming = HTTPFields()
    private var touched: [HTTPStream] = []
    private var drained: [HTTPStream] = []
    private var isParsing = false
    /// Why the session cannot go on, if it cannot.
    private(set) var failure: HTTP2Error?
    private(set) var goAway: (code: ErrorCode, lastStream: Int32, debug: String)?

    private var peerCausedResets: TokenBucket

    init(role: Role, loop: EventLoop, limits: Limits) {
        self.role = role
        self.loop = loop
        self.limits = limits
        peerCausedResets = TokenBucket(burst: limits.resetBurst, perSecond: limits.resetsPerSecond, at: loop.now)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle = SessionOptions.make(role, limits, context)
        sendSettings()
    }

    deinit {
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

    // MARK: Input

    /// Parses plaintext. Call `deliver` when no more is at hand.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, bytes.count > 0 else { return }
        isParsing = true
        let count = unsafe nghttp2_session_mem_recv(handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        isParsing = false
        if count < 0 { failure = .session(Session.text(of: Int32(clamping: count))) }
    }

    /// Tells every stream that got something that this was all for now.
    func deliver() {
        guard !touched.isEmpty else { return }
        var batch: [HTTPStream] = []
        swap(&batch, &touched)
        for stream in batch {
            stream.isTouched = false
            stream.receiver?.inputDelivered()
        }
    }

    func touch(_ stream: HTTPStream) {
        guard !stream.isTouched else { return }
        stream.isTouched = true
        touched.append(stream)
    }

    // MARK: Output

    /// Hands the bytes of the next frames to `append`, frame by frame, until nothing waits or it returns false.
    func drain(_ append: (UnsafeRawBufferPointer) -> Bool) {
        guard failure == nil else { return }
        while true {
            var pointer: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(handle, &pointer)
            if count < 0 { failure = .session(Session.text(of: Int32(clamping: count))) }
            guard count > 0, let start = unsafe pointer else { return }
            if unsafe !append(UnsafeRawBufferPointer(start: start, count: count)) { return }
        }
    }

    func noteDrained(_ stream: HTTPStream) {
        drained.append(stream)
    }

    /// Tells the streams whose output was taken by `drain`.
    func deliverDrained() {
        guard !drained.isEmpty else { return }
        var batch: [HTTPStream] = []
        swap(&batch, &drained)
        for stream in batch where stream.bufferedBytes == 0 { stream.receiver?.outputDrained() }
    }

    /// Nothing more will come or go: the connection may be closed.
    var isFinished: Bool {
        if failure != nil { return true }
        return unsafe nghttp2_session_want_read(handle) == 0 && nghttp2_session_want_write(handle) == 0
    }

    var wantsWrite: Bool {
        if failure != nil { return false }
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
        let stream = open(id)
        stream.receiver = receiver
        host?.sessionHasOutput()
        return stream
    }

    func submitResponse(_ stream: HTTPStream, _ table: UnsafeMutableBufferPointer<nghttp2_nv>, withBody: Bool) {
        if withBody {
            var provider = unsafe Session.provider
            unsafe nghttp2_submit_response(handle, stream.id, table.baseAddress, table.count, &provider)
        } else {
            unsafe nghttp2_submit_response(handle, stream.id, table.baseAddress, table.count, nil)
        }
        host?.sessionHasOutput()
    }

    /// A stream whose provider had nothing has something again. Resuming one that was not deferred is harmless.
    func resume(_ stream: HTTPStream) {
        unsafe nghttp2_session_resume_data(handle, stream.id)
        host?.sessionHasOutput()
    }

    func reset(_ stream: HTTPStream, _ code: ErrorCode) {
        unsafe nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
        host?.sessionHasOutput()
    }

    func consume(_ stream: HTTPStream, _ count: Int) {
        unsafe nghttp2_session_consume_stream(handle, stream.id, count)
        if !isParsing { host?.sessionHasOutput() }
    }

    /// What the peer allows us to have open at once.
    var peerConcurrentStreams: UInt32 {
        unsafe nghttp2_session_get_remote_settings(handle, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    }

    /// Asks the peer for a sign of life (RFC 9113 §6.7).
    func submitKeepalivePing() {
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
        host?.sessionHasOutput()
    }

    /// Step two: streams up to here will be served, later ones were never seen.
    func submitFinalGoAway(_ code: ErrorCode = .noError, debug: String = "") {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(handle)
        let text = Array(debug.utf8)
        unsafe nghttp2_submit_goaway(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, code.rawValue, text, text.count)
        host?.sessionHasOutput()
    }

    func terminate(_ code: ErrorCode) {
        unsafe nghttp2_session_terminate_session(handle, code.rawValue)
        host?.sessionHasOutput()
    }

    /// A peer may make us reset streams by errors of its own, and open the next ones at once: while the handlers of all of them still
    /// clean up, it never has more than a few streams open (CVE-2025-8671).
    func sentReset(_ code: ErrorCode) {
        switch code {
        case .protocolError, .flowControlError, .streamClosed, .frameSizeError, .internalError:
            if !peerCausedResets.take(at: loop.now) { terminate(.enhanceYourCalm) }
        default: break
        }
    }

    /// Frames that wait for `drain`, besides those of streams' bodies.
    var queuedFrames: Int { unsafe nghttp2_session_get_outbound_queue_size(handle) }

    /// Ends every stream when the connection is gone.
    func closeAll(_ reason: HTTP2Error) {
        for stream in streams.removeAll() {
            let receiver = stream.receiver
            // nghttp2 opens a request's stream when it lays out its HEADERS.
            let isUnsent = unsafe nghttp2_session_find_stream(handle, stream.id) == nil
            unsafe nghttp2_session_set_stream_user_data(handle, stream.id, nil)
            stream.detach()
            receiver?.closed(isUnsent ? .unsent(reason) : .connection(reason))
        }
        host = nil
    }

    // MARK: From the callbacks

    func open(_ id: Int32) -> HTTPStream {
        let stream = HTTPStream(id: id, session: self)
        streams.insert(stream)
        unsafe nghttp2_session_set_stream_user_data(handle, id, Unmanaged.passUnretained(stream).toOpaque())
        return stream
    }

    /// nghttp2 finds it; the slab keeps it alive.
    func stream(_ id: Int32) -> HTTPStream? {
        unsafe nghttp2_session_get_stream_user_data(handle, id).map {
            unsafe Unmanaged<HTTPStream>.fromOpaque($0).takeUnretainedValue()
        }
    }

    func close(_ id: Int32, _ code: ErrorCode) {
        guard let stream = stream(id) else { return }
        streams.remove(stream)
        let receiver = stream.receiver
        stream.detach()
        receiver?.closed(.stream(code))
        host?.sessionClosedStream()
    }

    /// False for a header bomb, which ends the connection.
    func received(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        unsafe incoming.append(name: name, value: value, budget: limits.fieldBytes)
        return incoming.countedBytes / Limits.fieldBytesFatalMultiple <= limits.fieldBytes
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
